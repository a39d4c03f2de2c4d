import { z } from 'zod';

import { leakIn } from './leaks.ts';
import type { Sent, Reply } from './send.ts';
import type { Target } from './target.ts';

/** A GraphQL answer, read without trust. */
const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.looseObject({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.looseObject({ code: z.string() }),
      }),
    )
    .optional(),
});

/** An answer with what an attacker makes of it. */
export interface Heard extends Reply {
  readonly data: unknown;
  /** Codes of all errors; empty for what is not an answer of GraphQL. */
  readonly codes: readonly string[];
}

/** How something is asked. */
export interface Asking extends Omit<Sent, 'body' | 'method'> {
  readonly token?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Notes what an attack finds, and how long the answers to it took. */
export interface Trial {
  readonly findings: readonly string[];
  readonly worstMs: number | null;
  /** Notes a finding unless something is so. */
  holds(isSo: boolean, finding: string): void;
  /** Sends anything; whatever is answered must be JSON that tells nothing of the inside. */
  send(sent: Sent, url?: string): Promise<Heard>;
  /** Asks an operation. */
  ask(query: string, asking?: Asking, url?: string): Promise<Heard>;
  /** Notes a finding unless an answer is a refusal with one of these codes. */
  refused(what: string, heard: Heard, ...codes: readonly string[]): void;
}

const mostFindings = 20;
const shown = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 160);

export function createTrial(target: Pick<Target, 'send'>): Trial {
  const findings: string[] = [];
  let worstMs: number | null = null;

  const holds = (isSo: boolean, finding: string): void => {
    if (!isSo && findings.length < mostFindings) findings.push(finding);
  };

  async function sendJudged(sent: Sent, url?: string): Promise<Heard> {
    const reply = await target.send(sent, url);
    worstMs = Math.max(worstMs ?? 0, reply.tookMs);
    const leak = leakIn(reply.text);
    holds(leak === null, `an answer tells of the inside (${leak ?? ''}): ${shown(reply.text)}`);
    const answer = answerSchema.safeParse(parsed(reply.text));
    return {
      ...reply,
      data: answer.success ? answer.data.data : undefined,
      codes: answer.success ? (answer.data.errors ?? []).map(({ extensions }) => extensions.code) : [],
    };
  }

  return {
    findings,
    get worstMs() {
      return worstMs;
    },
    holds,
    send: sendJudged,
    ask: (query, { token, variables = {}, headers = {}, ...rest } = {}, url) =>
      sendJudged(
        {
          ...rest,
          headers: {
            'content-type': 'application/json',
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...headers,
          },
          body: JSON.stringify({ query, variables }),
        },
        url,
      ),
    refused(what, { status, codes, text }, ...wanted) {
      const isRefused = codes.length > 0 && codes.every((code) => wanted.includes(code));
      holds(isRefused, `${what}: ${status} ${codes.join(',')} ${isRefused ? '' : shown(text)}`);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a value out of an answer by its path; undefined where it is not. */
export function valueAt(data: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    data,
  );
}

/** The text at a path of an answer. Throws where there is none: what the attack stands on is missing. */
export function textAt(data: unknown, ...path: readonly (string | number)[]): string {
  const value = valueAt(data, ...path);
  if (typeof value !== 'string') throw new Error(`there is no ${path.join('.')} in ${shown(JSON.stringify({ data }))}`);
  return value;
}

/** Asks several times and answers the fastest: the others may have fallen upon something else that the machine does. */
export async function fastestOf(times: number, ask: (nth: number) => Promise<Heard>): Promise<Heard> {
  let fastest = await ask(0);
  for (let nth = 1; nth < times; nth += 1) {
    const heard = await ask(nth);
    if (heard.tookMs < fastest.tookMs) fastest = heard;
  }
  return fastest;
}
