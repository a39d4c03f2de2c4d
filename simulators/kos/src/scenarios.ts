import type { AskedChange, Refusal } from './change-rules.ts';

/** A fixed course of one call: how long it takes, and the code it must end with (`null`: whatever the rules say). */
interface Scenario<Code> {
  readonly latencyMs: number;
  readonly resultCode: Code | null;
}

interface LineScenarios {
  readonly bill: Scenario<'E002' | 'E999'>;
  readonly change: Scenario<Refusal['resultCode'] | 'E999'>;
}

const scenarioLines: ReadonlyMap<string, LineScenarios> = new Map<string, LineScenarios>([
  ['01012345678', { bill: { latencyMs: 500, resultCode: null }, change: { latencyMs: 2_000, resultCode: null } }],
  ['01012345679', { bill: { latencyMs: 300, resultCode: 'E002' }, change: { latencyMs: 1_500, resultCode: 'E101' } }],
  ['01012345680', { bill: { latencyMs: 1_000, resultCode: 'E999' }, change: { latencyMs: 3_000, resultCode: 'E999' } }],
  ['01012345681', { bill: { latencyMs: 5_000, resultCode: null }, change: { latencyMs: 1_200, resultCode: 'E103' } }],
]);

const incompatiblePair: LineScenarios['change'] = { latencyMs: 1_000, resultCode: 'E102' };

export function billScenario(lineNumber: string): LineScenarios['bill'] | undefined {
  return scenarioLines.get(lineNumber)?.bill;
}

export function changeScenario(asked: AskedChange): LineScenarios['change'] | undefined {
  if (asked.currentProductCode === 'PROD001' && asked.newProductCode === 'PROD999') return incompatiblePair;
  return scenarioLines.get(asked.lineNumber)?.change;
}
