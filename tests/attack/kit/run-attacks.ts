import type { Attack, Outcome, Stage } from './attack.ts';
import type { Innocent } from './innocent.ts';
import type { Target } from './target.ts';
import { createTrial } from './trial.ts';

/** How long somebody innocent may wait for the event loop while it is attacked, in milliseconds. */
export const innocentWithinMs = 100;
/** No attack may take longer; those that end by themselves never do. */
const attackWithinMs = 90_000;

const stages: readonly Stage[] = ['ordinary', 'breaks KOS', 'looks back'];
const stageOf = ({ stage = 'ordinary' }: Attack): number => stages.indexOf(stage);

const inOrder = (one: Attack, other: Attack): number =>
  stageOf(one) - stageOf(other) ||
  one.threat.localeCompare(other.threat, 'en', { numeric: true }) ||
  one.title.localeCompare(other.title, 'en');

/** Makes the attacks one after the other and tells the outcome of each as soon as it is known. */
export async function runAttacks(options: {
  readonly attacks: readonly Attack[];
  readonly target: Target;
  readonly innocent: Innocent;
  /** Where the machine has more to do than this, what is waited for without any attack. */
  readonly innocentWithinMs: number;
  readonly report: (outcome: Outcome) => void;
}): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const attack of [...options.attacks].sort(inOrder)) {
    const outcome = await runTwiceAtMost(attack, options);
    options.report(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

interface RunOptions {
  readonly target: Target;
  readonly innocent: Innocent;
  readonly innocentWithinMs: number;
}

/** Somebody who waited once may have waited for something else that the machine did, and so is asked to come again. */
async function runTwiceAtMost(attack: Attack, options: RunOptions): Promise<Outcome> {
  const first = await runAttack(attack, options);
  const hasOnlyWaited = first.findings.length === 1 && (first.innocentMs ?? 0) > options.innocentWithinMs;
  return hasOnlyWaited && attack.isOnceOnly !== true ? await runAttack(attack, options) : first;
}

async function runAttack(attack: Attack, options: RunOptions): Promise<Outcome> {
  const { target, innocent } = options;
  const { threat, title, needsOwnStack = false } = attack;
  const nothing = { threat, title, findings: [], worstMs: null, innocentMs: null, seconds: 0 } as const;
  if (needsOwnStack && target.own === null)
    return { ...nothing, tried: 'needs a stack of our own', verdict: 'not tried' };
  const trial = createTrial(target);
  const startedAt = performance.now();
  innocent.begin();
  let tried = 'ended before its end';
  try {
    tried = await within(attackWithinMs, attack.run(target, trial));
  } catch (error) {
    trial.holds(false, `it could not be tried: ${error instanceof Error ? error.message : String(error)}`);
  }
  const waits = await innocent.end();
  trial.holds(waits.failed === 0, `somebody innocent got no answer ${waits.failed} times`);
  trial.holds(
    waits.slowestMs <= options.innocentWithinMs,
    `somebody innocent waited ${Math.round(waits.slowestMs)} ms`,
  );
  return {
    threat,
    title,
    tried,
    verdict: trial.findings.length === 0 ? 'held' : 'broken',
    findings: trial.findings,
    worstMs: trial.worstMs,
    innocentMs: waits.answered > 0 ? waits.slowestMs : null,
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not end within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
