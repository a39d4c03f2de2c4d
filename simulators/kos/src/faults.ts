import { z } from 'zod';
import { lineNumber, operationNames, type OperationName, type Subject } from './operations/operation.ts';

const faultRule = z.strictObject({
  operation: z.enum(['*', ...operationNames]).default('*'),
  lineNumber: lineNumber.optional(),
  /** Spent after so many calls; without it the rule holds until it is replaced. */
  times: z.int().positive().optional(),
  latencyMs: z.int().nonnegative().optional(),
  /** The share of calls that meet the fault's ending; counted, not drawn: 0.5 is every second call. */
  errorRate: z.number().min(0).max(1).optional(),
  status: z.int().min(400).max(599).optional(),
  hang: z.boolean().optional(),
  reset: z.enum(['before', 'after-apply']).optional(),
  malformed: z.enum(['html', 'truncated', 'wrong-types', 'other-line', 'new-item-type']).optional(),
  appliedButNeverAnswered: z.boolean().optional(),
  applyLateMs: z.int().positive().optional(),
});

const faultRules = z.array(faultRule);

export type FaultRule = z.infer<typeof faultRule>;
export type FaultRuleInput = z.input<typeof faultRule>;
export type Malformation = NonNullable<FaultRule['malformed']>;

/** Throws a ZodError that names every rule that makes no sense. */
export const readFaultRules = (raw: unknown): FaultRule[] => faultRules.parse(raw);

/** How a call ends; `work` says whether, and how late, what was asked is really done. */
export type Ending =
  | { readonly kind: 'answer' }
  | { readonly kind: 'garbled'; readonly as: Malformation }
  | { readonly kind: 'fail'; readonly status: number; readonly work: Work }
  | { readonly kind: 'hang'; readonly work: Work }
  | { readonly kind: 'reset'; readonly work: Work };

export type Work = { readonly done: false } | { readonly done: true; readonly delayedMs: number };

export interface Strike {
  readonly latencyMs: number | undefined;
  readonly ending: Ending;
}

export interface Faults {
  /** The first rule that matches decides; it is counted even when its ending spares this call. */
  strike(operation: OperationName, subject: Subject): Strike;
  list(): readonly FaultRule[];
  replace(rules: readonly FaultRule[]): void;
  clear(): void;
}

interface LiveRule {
  readonly rule: FaultRule;
  seen: number;
}

export function createFaults(): Faults {
  let live: readonly LiveRule[] = [];
  const isSpent = ({ rule, seen }: LiveRule): boolean => rule.times !== undefined && seen >= rule.times;

  return {
    strike(operation, subject) {
      const struck = live.find((candidate) => !isSpent(candidate) && matches(candidate.rule, operation, subject));
      if (!struck) return { latencyMs: undefined, ending: { kind: 'answer' } };
      struck.seen += 1;
      const ending: Ending = isDue(struck) ? endingOf(struck.rule) : { kind: 'answer' };
      return { latencyMs: struck.rule.latencyMs, ending };
    },
    list: () => live.filter((one) => !isSpent(one)).map(({ rule, seen }) => remainingOf(rule, seen)),
    replace(rules) {
      live = rules.map((rule) => ({ rule, seen: 0 }));
    },
    clear() {
      live = [];
    },
  };
}

function matches(rule: FaultRule, operation: OperationName, subject: Subject): boolean {
  const isOperation = rule.operation === '*' || rule.operation === operation;
  return isOperation && (rule.lineNumber === undefined || rule.lineNumber === subject.lineNumber);
}

function isDue({ rule: { errorRate = 1 }, seen }: LiveRule): boolean {
  return Math.floor(seen * errorRate) > Math.floor((seen - 1) * errorRate);
}

const notDone: Work = { done: false };
const doneAtOnce: Work = { done: true, delayedMs: 0 };

function endingOf(rule: FaultRule): Ending {
  const work: Work = rule.applyLateMs === undefined ? notDone : { done: true, delayedMs: rule.applyLateMs };
  if (rule.appliedButNeverAnswered) return { kind: 'hang', work: work.done ? work : doneAtOnce };
  if (rule.reset === 'after-apply') return { kind: 'reset', work: work.done ? work : doneAtOnce };
  if (rule.reset === 'before') return { kind: 'reset', work };
  if (rule.hang) return { kind: 'hang', work };
  if (rule.malformed) return { kind: 'garbled', as: rule.malformed };
  const isFailure = rule.status !== undefined || rule.errorRate !== undefined || work.done;
  return isFailure ? { kind: 'fail', status: rule.status ?? 500, work } : { kind: 'answer' };
}

function remainingOf(rule: FaultRule, seen: number): FaultRule {
  return rule.times === undefined ? rule : { ...rule, times: rule.times - seen };
}
