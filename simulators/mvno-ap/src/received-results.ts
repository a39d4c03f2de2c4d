import { z } from 'zod';
import type { Journal } from '../../stand-in/journal.ts';
import { createTurns } from '../../stand-in/turns.ts';
import type { Clock } from '../../stand-in/clock.ts';

export const resultTypes = ['bill', 'product-change'] as const;
export type ResultType = (typeof resultTypes)[number];

/** Only what identifies a result is looked at; the rest is kept as it came. */
export const resultBody = z.looseObject({
  eventId: z.string().min(1).max(100),
  lineId: z.string().min(1).max(100).optional(),
});

export type ResultBody = z.infer<typeof resultBody>;

const delivery = z.object({ type: z.enum(resultTypes), receivedAt: z.iso.datetime(), body: resultBody });

export type Delivery = z.infer<typeof delivery>;

export const decodeDelivery = (raw: unknown): Delivery => delivery.parse(raw);

/** A result as first delivered, and how often it came. */
export interface ReceivedResult {
  readonly eventId: string;
  readonly type: ResultType;
  readonly lineId: string | null;
  readonly receivedAt: string;
  readonly deliveries: number;
  readonly body: ResultBody;
}

export interface ResultQuery {
  readonly type?: ResultType | undefined;
  readonly lineId?: string | undefined;
  /** ISO instant; results first received at it or later. */
  readonly since?: string | undefined;
}

export interface ResultsAnswer {
  readonly results: readonly ReceivedResult[];
  readonly deliveries: number;
  readonly distinct: number;
}

export interface ReceivedResults {
  load(): Promise<void>;
  /** The delivery is on disk before this resolves. */
  receive(type: ResultType, body: ResultBody): Promise<{ readonly isDuplicate: boolean }>;
  find(query: ResultQuery): ResultsAnswer;
  close(): Promise<void>;
}

export function createReceivedResults(journal: Journal<Delivery>, clock: Clock): ReceivedResults {
  const results = new Map<string, ReceivedResult>();
  const inTurn = createTurns();

  const keep = ({ type, receivedAt, body }: Delivery): { isDuplicate: boolean } => {
    const first = results.get(body.eventId);
    const { eventId, lineId = null } = body;
    const result = first ?? { eventId, type, lineId, receivedAt, deliveries: 0, body };
    results.set(eventId, { ...result, deliveries: result.deliveries + 1 });
    return { isDuplicate: first !== undefined };
  };

  return {
    async load() {
      for (const kept of await journal.load()) keep(kept);
    },
    receive: (type, body) =>
      inTurn(async () => {
        const received: Delivery = { type, receivedAt: clock.now().toISOString(), body };
        await journal.append(received);
        return keep(received);
      }),
    find(query) {
      const found = [...results.values()].filter((result) => isAskedFor(result, query));
      const deliveries = found.reduce((sum, result) => sum + result.deliveries, 0);
      return { results: found, deliveries, distinct: found.length };
    },
    close: () => inTurn(() => journal.close()),
  };
}

function isAskedFor(result: ReceivedResult, { type, lineId, since }: ResultQuery): boolean {
  const isType = type === undefined || result.type === type;
  const isLine = lineId === undefined || result.lineId === lineId;
  return isType && isLine && (since === undefined || Date.parse(result.receivedAt) >= Date.parse(since));
}
