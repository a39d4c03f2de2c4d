import type { JsonClient } from '@supergraph/platform/http';
import { SECOND_MS } from '@supergraph/platform/time';
import { z } from 'zod';

/** What every answer of KOS looks like from outside; `data` is read by whoever asked. */
const envelope = z.object({ resultCode: z.string().max(10), resultMessage: z.string(), data: z.unknown() });

export interface KosAnswer extends Readonly<z.output<typeof envelope>> {
  /** When KOS wants to be asked again, in milliseconds; a second where it does not say. */
  readonly retryAfterMs: number;
}

export interface KosRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
}

/** KOS answered something that is no answer to what was asked, such as another line's data. */
export class KosFault extends Error {
  override readonly name = 'KosFault';
}

/** KOS said that it failed. */
export class KosFailed extends Error {
  override readonly name = 'KosFailed';
}

export type KosClient = (request: KosRequest, signal: AbortSignal) => Promise<KosAnswer>;

const SYSTEM_FAILURE = 'E999';

/** Speaks KOS's envelope over HTTP. Throws for everything that is not KOS's own word: 5xx, E999, anything malformed. */
export const createKosClient =
  (http: Pick<JsonClient, 'request'>): KosClient =>
  async (request, signal) => {
    const { status, headers, body } = await http.request({ ...request, signal });
    if (status >= 500) throw new KosFailed(`KOS answered with status ${status}`);
    const answer = envelope.safeParse(body);
    if (!answer.success) throw new KosFault('KOS answered without its envelope', { cause: answer.error });
    if (answer.data.resultCode === SYSTEM_FAILURE) throw new KosFailed('KOS reports a failure of its own');
    return { ...answer.data, retryAfterMs: retryAfterMsOf(headers['retry-after']) };
  };

const retryAfterMsOf = (header: unknown): number =>
  typeof header === 'string' && /^\d{1,4}$/.test(header) ? Math.max(1, Number(header)) * SECOND_MS : SECOND_MS;
