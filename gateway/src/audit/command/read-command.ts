import { parseArgs } from 'node:util';

import type { ChainEnd } from '../chain.ts';

/** What was typed after `npm run audit --`. */
export type Command =
  | { readonly kind: 'verify'; readonly from: number | undefined; readonly anchor: ChainEnd | undefined }
  | { readonly kind: 'prune' }
  | {
      readonly kind: 'who';
      readonly subject: string | undefined;
      readonly actor: string | undefined;
      readonly act: string | undefined;
      readonly requestId: string | undefined;
      readonly from: Date | undefined;
      readonly to: Date | undefined;
      readonly showsAddresses: boolean;
    };

/** What was typed means nothing; the message says why, in a sentence. */
export class CommandMisread extends Error {
  override readonly name = 'CommandMisread';
}

export const usage = `npm run audit -- verify [--from SEQUENCE] [--anchor SEQUENCE:HASH]
npm run audit -- who --subject ID | --actor USER | --request ID [--act NAME] [--from DAY] [--to DAY] [--addresses]
npm run audit -- prune
  DAY is a day in Seoul such as 2026-11-21; --to includes it`;

/** Reads a command line. Throws CommandMisread. */
export function readCommand(words: readonly string[]): Command {
  const { values, positionals } = parse(words);
  const [kind, ...more] = positionals;
  if (more.length > 0) throw new CommandMisread(`Not understood: ${more.join(' ')}.`);
  switch (kind) {
    case 'verify':
      return { kind, from: sequenceIn(values.from), anchor: anchorIn(values.anchor) };
    case 'prune':
      return { kind };
    case 'who': {
      const { subject, actor, act, request: requestId } = values;
      if (subject === undefined && actor === undefined && requestId === undefined) {
        throw new CommandMisread('Say whom it is about: --subject, --actor or --request.');
      }
      const [from, lastDay] = [dayIn(values.from), dayIn(values.to)];
      const to = lastDay === undefined ? undefined : new Date(lastDay.getTime() + dayMs);
      return { kind, subject, actor, act, requestId, from, to, showsAddresses: values.addresses };
    }
    case undefined:
      throw new CommandMisread('Say what to do.');
    default:
      throw new CommandMisread(`There is no command ${kind}.`);
  }
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        from: text,
        to: text,
        anchor: text,
        subject: text,
        actor: text,
        act: text,
        request: text,
        addresses: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CommandMisread(error instanceof Error ? error.message : 'Not understood.');
  }
}

const dayMs = 86_400_000;

function dayIn(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const day = new Date(`${text}T00:00:00+09:00`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(day.getTime())) {
    throw new CommandMisread(`${text} is no day such as 2026-11-21.`);
  }
  return day;
}

function sequenceIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new CommandMisread(`${text} is no sequence number.`);
  return Number(text);
}

function anchorIn(text: string | undefined): ChainEnd | undefined {
  if (text === undefined) return undefined;
  const [, sequence, hash] = /^([1-9]\d{0,14}):([\w-]{43})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined) {
    throw new CommandMisread('An anchor is written SEQUENCE:HASH, as verify and the log of a gateway show it.');
  }
  return { sequence: Number(sequence), hash };
}
