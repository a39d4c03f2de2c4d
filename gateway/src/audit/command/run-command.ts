import { createFieldCipher, type KeyRing } from '@supergraph/platform/encryption';

import { keysFor } from '../audit-keys.ts';
import type { Chain, ChainEnd, ChainLink } from '../chain.ts';
import { addressPlace } from '../record-writer.ts';
import type { AuditDatabase } from '../storage/audit-database.ts';
import { findRecords } from '../storage/find-records.ts';
import { pruneRecords } from '../storage/prune-records.ts';
import { readClaims } from '../storage/read-claims.ts';
import { readLinks } from '../storage/read-links.ts';
import { createSubjectNames } from '../subject-names.ts';
import { verifyChain } from '../verify-chain.ts';
import type { Command } from './read-command.ts';

/** What a command works with. */
export interface CommandTools {
  readonly database: AuditDatabase;
  readonly chain: Chain;
  readonly keys: KeyRing;
  readonly now: Date;
  readonly say: (line: string) => void;
}

type Of<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

/** Carries out a command and answers the exit code: 0, or 1 when the chain is broken. */
export async function runAuditCommand(command: Command, by: CommandTools): Promise<number> {
  switch (command.kind) {
    case 'verify':
      return await verify(command, by);
    case 'who':
      return await tellWho(command, by);
    case 'prune':
      return await prune(by);
  }
}

const anchorOf = ({ sequence, hash }: ChainEnd): string => `${sequence}:${hash}`;

async function verify({ from, anchor }: Of<'verify'>, { database, chain, say }: CommandTools): Promise<number> {
  const claims = await readClaims(database);
  const verdict = await verifyChain({ chain, read: (range) => readLinks(database, range) }, claims, { from, anchor });
  if (verdict.kind === 'broken') {
    say(`BROKEN at record ${verdict.at}: ${verdict.why}.`);
    return 1;
  }
  const removed = claims.checkpoint === null ? '' : `, ${claims.checkpoint.throughSequence} removed before`;
  say(`Sound: ${verdict.checked} records${removed}.`);
  if (verdict.end.sequence > 0) say(`Anchor, for the next verify: ${anchorOf(verdict.end)}`);
  return 0;
}

async function prune({ database, chain, now, say }: CommandTools): Promise<number> {
  const pruning = await pruneRecords({ database, chain }, now);
  if (pruning.kind === 'refused') {
    say(`Nothing removed: BROKEN at record ${pruning.verdict.at}: ${pruning.verdict.why}.`);
    return 1;
  }
  say(`Removed ${pruning.records} records from before ${dayOf(pruning.before)}.`);
  return 0;
}

async function tellWho(command: Of<'who'>, { database, keys, say }: CommandTools): Promise<number> {
  const subject = command.subject === undefined ? undefined : createSubjectNames(keys).formsOf(command.subject);
  const cipher = createFieldCipher(keysFor('address', keys));
  const subjects = new Set<string>();
  const actors = new Set<string>();
  let records = 0;
  for await (const link of findRecords(database, { ...command, subject })) {
    const { record } = link;
    const address = command.showsAddresses ? cipher.open(record.sealedAddress, addressPlace(record.requestId)) : null;
    say(lineOf(link, address));
    records += 1;
    for (const id of record.subjects) subjects.add(id);
    if (record.actorUserId !== null) actors.add(record.actorUserId);
  }
  say(`${records} records; by ${listOf(actors)}; about ${listOf(subjects)}`);
  return 0;
}

const listOf = (ids: ReadonlySet<string>): string => (ids.size === 0 ? 'nobody' : [...ids].sort().join(' '));

const momentFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Seoul',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const dayOf = (moment: Date): string => momentFormat.format(moment).slice(0, 10);

/** One record, its parts divided by tabs; moments as in Seoul. */
function lineOf({ sequence, record }: ChainLink, address: string | null): string {
  const { at, actorUserId, actorRole, acts, outcome, rowsSeen, times, subjects, operationName, requestId } = record;
  return [
    sequence,
    momentFormat.format(at),
    actorUserId ?? 'nobody',
    actorRole ?? '-',
    acts.join(',') || '-',
    times === 1 ? (outcome ?? 'BEGUN') : `${outcome ?? 'BEGUN'} x${times}`,
    `rows ${rowsSeen}`,
    operationName ?? '-',
    subjects.join(',') || '-',
    requestId,
    ...(address === null ? [] : [address]),
  ].join('\t');
}
