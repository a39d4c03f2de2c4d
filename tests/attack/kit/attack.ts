import type { Target } from './target.ts';
import type { Trial } from './trial.ts';

export type Stage = 'ordinary' | 'breaks KOS' | 'looks back';

/** One way to do harm, tried from outside. */
export interface Attack {
  /** Number of the threat, as `T1`; in the order of these the attacks are made. */
  readonly threat: string;
  /** What has to hold, in a few words. */
  readonly title: string;
  /** Whether it needs processes, databases or logs that are our own. */
  readonly needsOwnStack?: boolean;
  /** What leaves traces is tried after what needs none: KOS is avoided for a while, and logs are searched last of all. */
  readonly stage?: Stage;
  /** Whether a second try would find the traces of the first. */
  readonly isOnceOnly?: boolean;
  /** Tries it, notes in the trial whatever should not be, and answers what was tried. Ends by itself. */
  readonly run: (target: Target, trial: Trial) => Promise<string>;
}

/** What came of an attack. */
export interface Outcome {
  readonly threat: string;
  readonly title: string;
  readonly tried: string;
  readonly verdict: 'held' | 'broken' | 'not tried';
  readonly findings: readonly string[];
  /** The longest that an answer to the attacker took, in milliseconds; null where nothing was measured. */
  readonly worstMs: number | null;
  /** The longest that somebody innocent waited meanwhile, in milliseconds. */
  readonly innocentMs: number | null;
  readonly seconds: number;
}
