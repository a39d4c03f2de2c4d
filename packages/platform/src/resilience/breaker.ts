import { BreakerMaxAllowedRequestError, BreakerState, SlidingWindowBreaker } from 'mollitia';
import { tellsNothing } from './inconclusive.ts';

/** When a circuit opens and how it closes again; times in milliseconds. */
export interface BreakerPolicy {
  /** Opens at this many failures in a row. */
  readonly consecutiveFailures: number;
  /** How many of the latest calls are remembered for the failure rate. */
  readonly windowSize: number;
  /** The failure rate says nothing below this many remembered calls. */
  readonly minimumCalls: number;
  /** Opens when a failure brings the remembered calls to this percentage. */
  readonly failurePercent: number;
  readonly openMs: number;
  /** The one probe of a half-open circuit counts as failed when it has not settled by then. */
  readonly halfOpenMaxMs: number;
}

/** The 5th failure in a row, or half of at least 10 in the last 20; open 30 s; the probe has 5 s. */
export const standardBreakerPolicy: BreakerPolicy = {
  consecutiveFailures: 5,
  windowSize: 20,
  minimumCalls: 10,
  failurePercent: 50,
  openMs: 30_000,
  halfOpenMaxMs: 5_000,
};

/** `half-open`: the next call is the probe, everybody else is refused until it settles. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Who has learned of a change: this process by its own calls and time, or another instance that told it. */
export type LearnedBy = 'here' | 'elsewhere';

/** What a circuit has around it: whom it tells, and whom it asks before it probes. */
export interface Surroundings {
  changed(state: CircuitState, learnedBy: LearnedBy): void;
  /** Whether the probe is this process's to make; must answer soon. Without it, it always is. */
  mayProbe?(): Promise<boolean>;
}

/** While another instance probes, its verdict usually comes before this; else it is asked again. */
const probeElsewhereMs = 500;
/** mollitia would tell of a shorter opening after it has ended. */
const leastOpenMs = 10;

/**
 * mollitia keeps the states and the opening time; the verdicts are ours, because the stock ones cannot see a run of
 * failures, and let a call begun in one state decide the next. Times run on timers, so the wall clock may jump.
 */
export class Breaker extends SlidingWindowBreaker {
  readonly #policy: BreakerPolicy;
  readonly #around: Surroundings;
  #generation = 0;
  #latestFailed: boolean[] = [];
  #probeTimer: NodeJS.Timeout | undefined;
  #refusesUntilMs = 0;
  #learnedBy: LearnedBy = 'here';

  constructor(policy: BreakerPolicy, around: Surroundings) {
    super();
    this.openStateDelay = policy.openMs;
    this.#policy = policy;
    this.#around = around;
  }

  get circuitState(): CircuitState {
    switch (this.state) {
      case BreakerState.CLOSED:
        return 'closed';
      case BreakerState.OPENED:
        return 'open';
      case BreakerState.HALF_OPENED:
        return 'half-open';
    }
  }

  /** Whether a call made now would be refused without reaching its work. */
  get isRefusing(): boolean {
    return this.circuitState === 'open' || this.#probeTimer !== undefined || this.#isProbedElsewhere;
  }

  /** Milliseconds until the present refusal ends at the latest; 0 when there is none. */
  get waitMs(): number {
    return this.isRefusing ? Math.max(0, Math.ceil(this.#refusesUntilMs - performance.now())) : 0;
  }

  /** Opens, or stays open, for so long as another instance has left, and never longer than by its own verdict. */
  openAsElsewhere(leftMs: number): void {
    const openMs = Math.min(leftMs, this.#policy.openMs);
    this.#followElsewhere(() => {
      if (openMs < leastOpenMs) {
        void this.halfOpen();
        return;
      }
      this.openStateDelay = openMs;
      // mollitia does not open what is open.
      this.state = BreakerState.CLOSED;
      void this.open();
    });
  }

  closeAsElsewhere(): void {
    this.#followElsewhere(() => void this.close());
  }

  override executeInClosed<T>(work: () => Promise<T>): Promise<T> {
    return this.#observe(work, (hasFailed) => {
      this.#remember(hasFailed);
      if (hasFailed && (this.#isRunOfFailures() || this.#isRateTooHigh())) void this.open();
    });
  }

  protected override async executeInHalfOpened<T>(work: () => Promise<T>): Promise<T> {
    if (this.isRefusing) throw new BreakerMaxAllowedRequestError();
    this.#refusesUntilMs = performance.now() + this.#policy.halfOpenMaxMs;
    this.#probeTimer = setTimeout(() => void this.open(), this.#policy.halfOpenMaxMs);
    if (this.#around.mayProbe !== undefined) await this.#askToProbe(this.#around.mayProbe());
    return await this.#observe(work, (hasFailed) => void (hasFailed ? this.open() : this.close()));
  }

  override onOpened(): void {
    this.#beginGeneration();
    this.#refusesUntilMs = performance.now() + this.openStateDelay;
    this.openStateDelay = this.#policy.openMs;
    this.#around.changed('open', this.#learnedBy);
  }

  override onHalfOpened(): void {
    this.#beginGeneration();
    this.#around.changed('half-open', this.#learnedBy);
  }

  override onClosed(): void {
    this.#beginGeneration();
    this.#around.changed('closed', this.#learnedBy);
  }

  override dispose(): void {
    super.dispose();
    this.#beginGeneration();
  }

  /**
   * mollitia asks this before each call and restores the answer after an await, undoing any transition made meanwhile.
   * An answer that it cannot read leaves the state alone.
   */
  override getState(): Promise<{ requests: string }> {
    return Promise.resolve({ requests: 'kept in this process' });
  }

  /**
   * A result that arrives after the state has changed belongs to an older generation and teaches nothing, nor does work
   * that was cut short or given up: a probe that was leaves the next caller to probe.
   */
  #observe<T>(work: () => Promise<T>, learn: (hasFailed: boolean) => void): Promise<T> {
    const generation = this.#generation;
    const learnIfCurrent = (hasFailed: boolean): void => {
      if (generation === this.#generation) learn(hasFailed);
    };
    const forgetIfCurrent = (): void => {
      if (generation === this.#generation) this.#giveUpProbe(0);
    };
    return work().then(
      (value) => {
        learnIfCurrent(false);
        return value;
      },
      (error: unknown) => {
        if (tellsNothing(error)) forgetIfCurrent();
        else learnIfCurrent(true);
        throw error;
      },
    );
  }

  get #isProbedElsewhere(): boolean {
    return this.circuitState === 'half-open' && performance.now() < this.#refusesUntilMs;
  }

  /** Throws when the probe is another instance's, or the state has changed while asking. */
  async #askToProbe(permission: Promise<boolean>): Promise<void> {
    const generation = this.#generation;
    const isOurs = await permission;
    if (generation !== this.#generation) throw new BreakerMaxAllowedRequestError();
    if (isOurs) return;
    this.#giveUpProbe(probeElsewhereMs);
    throw new BreakerMaxAllowedRequestError();
  }

  #followElsewhere(change: () => void): void {
    // Nothing else stops the timer of an opening that ends before its time; listeners, which go too, are none.
    super.dispose();
    this.#learnedBy = 'elsewhere';
    change();
    this.#learnedBy = 'here';
  }

  #remember(hasFailed: boolean): void {
    this.#latestFailed.push(hasFailed);
    if (this.#latestFailed.length > this.#policy.windowSize) this.#latestFailed.shift();
  }

  #isRunOfFailures(): boolean {
    const run = this.#latestFailed.slice(-this.#policy.consecutiveFailures);
    return run.length === this.#policy.consecutiveFailures && run.every(Boolean);
  }

  #isRateTooHigh(): boolean {
    const calls = this.#latestFailed.length;
    const failures = this.#latestFailed.filter(Boolean).length;
    return calls >= this.#policy.minimumCalls && failures * 100 >= this.#policy.failurePercent * calls;
  }

  #beginGeneration(): void {
    this.#generation += 1;
    this.#latestFailed = [];
    this.#refusesUntilMs = 0;
    this.#endProbe();
  }

  /** Lets somebody else probe, `waitMs` from now; nothing where there is no probe. */
  #giveUpProbe(waitMs: number): void {
    if (this.#probeTimer === undefined) return;
    this.#endProbe();
    this.#refusesUntilMs = performance.now() + waitMs;
  }

  #endProbe(): void {
    clearTimeout(this.#probeTimer);
    this.#probeTimer = undefined;
  }
}
