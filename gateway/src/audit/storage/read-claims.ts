import type { Checkpoint } from '../chain.ts';
import { beginning } from '../chain.ts';
import type { ChainClaims } from '../verify-chain.ts';
import type { AuditDatabase } from './audit-database.ts';

/** Reads where the chain says that it begins and ends. A row beyond its end counts as its end, and will not fit there. */
export async function readClaims(database: AuditDatabase): Promise<ChainClaims> {
  const [checkpoint, chain, newest] = await database.$transaction(
    [
      database.auditCheckpoint.findFirst({ orderBy: { throughSequence: 'desc' } }),
      database.auditChain.findFirst(),
      database.auditRecord.findFirst({ orderBy: { sequence: 'desc' }, select: { sequence: true } }),
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  return {
    checkpoint: checkpoint === null ? null : checkpointOf(checkpoint),
    end: {
      sequence: Math.max(Number(chain?.sequence ?? beginning.sequence), Number(newest?.sequence ?? 0)),
      hash: chain?.hash ?? beginning.hash,
    },
  };
}

const checkpointOf = ({
  throughSequence,
  ...rest
}: Omit<Checkpoint, 'throughSequence'> & { throughSequence: bigint }) => ({
  ...rest,
  throughSequence: Number(throughSequence),
});
