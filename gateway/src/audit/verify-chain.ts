import { beginning, type Chain, type ChainEnd, type ChainLink, type Checkpoint } from './chain.ts';

/** What a look at a chain found. */
export type Verdict =
  | { readonly kind: 'sound'; readonly checked: number; readonly end: ChainEnd }
  /** `at` is the first record that is not as it was written, or not there. */
  | { readonly kind: 'broken'; readonly at: number; readonly why: string };

/** Where a chain that is looked at begins and ends, as it says itself. */
export interface ChainClaims {
  readonly checkpoint: Checkpoint | null;
  readonly end: ChainEnd;
}

/** Reads links in their order, both ends included; what is not there is left out. */
export type ReadLinks = (range: { readonly from: number; readonly to: number }) => AsyncIterable<ChainLink>;

const broken = (at: number, why: string): Verdict => ({ kind: 'broken', at, why });

/**
 * Checks a chain link by link, up to the end that it claims. What is before `from` is left out. `anchor` is an end that was
 * written down elsewhere: without one, a chain that was cut off and whose end was set back looks sound.
 */
export async function verifyChain(
  by: { readonly chain: Chain; readonly read: ReadLinks },
  { checkpoint, end }: ChainClaims,
  asked: { readonly from?: number | undefined; readonly anchor?: ChainEnd | undefined } = {},
): Promise<Verdict> {
  if (checkpoint !== null && by.chain.misfitOfCheckpoint(checkpoint) !== null) {
    return broken(checkpoint.throughSequence, 'the checkpoint up to which records were removed is forged');
  }
  const removed: ChainEnd =
    checkpoint === null ? beginning : { sequence: checkpoint.throughSequence, hash: checkpoint.throughHash };
  const { anchor, from = 0 } = asked;
  if (anchor !== undefined && anchor.sequence > end.sequence) {
    return broken(end.sequence + 1, `the chain once went on to record ${anchor.sequence}`);
  }

  let last = removed;
  if (from > removed.sequence + 1) {
    const before = await readOne(by.read, from - 1);
    if (before === null) return broken(from - 1, isMissing);
    last = before;
  }
  let checked = 0;
  for await (const link of by.read({ from: last.sequence + 1, to: end.sequence })) {
    if (link.sequence !== last.sequence + 1) return broken(last.sequence + 1, isMissing);
    const misfit = by.chain.misfitOf(link, last.hash);
    if (misfit !== null) return broken(link.sequence, wordsFor[misfit](link.keyId));
    if (anchor?.sequence === link.sequence && anchor.hash !== link.hash) {
      return broken(link.sequence, 'the chain was another one when the anchor was written down');
    }
    last = link;
    checked += 1;
  }
  if (last.sequence < end.sequence) return broken(last.sequence + 1, isMissing);
  if (last.hash !== end.hash) return broken(last.sequence, 'the chain says that it ends with another record');
  return { kind: 'sound', checked, end };
}

async function readOne(read: ReadLinks, sequence: number): Promise<ChainLink | null> {
  for await (const link of read({ from: sequence, to: sequence })) return link;
  return null;
}

const isMissing = 'the record is not there';
const wordsFor = {
  forged: () => 'the record is not as it was written, or not in its place',
  'unknown-key': (keyId: string) => `the record is sealed with key ${keyId}, which is not given`,
} as const;
