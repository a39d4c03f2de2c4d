import { z } from 'zod';
import { defaultKosConfig, type KosConfig } from '../config.ts';
import { createKosSimulator } from '../simulator.ts';

/** Whatever a test opened, closed newest first by `release` after it. */
export const releases: (() => Promise<void>)[] = [];

export async function release(): Promise<void> {
  for (const close of releases.splice(0).reverse()) await close();
}

export const LINE = '01012345678';

export const premiumToStandard = {
  transactionId: 'tx-1',
  lineNumber: LINE,
  currentProductCode: '5G-PREMIUM-001',
  newProductCode: '5G-STANDARD-001',
  changeReason: '고객 요청',
  effectiveDate: '20260915',
};

export type AskedChange = typeof premiumToStandard;

/** A clock that stands still until it is told otherwise. */
export function clockAt(iso: string) {
  let now = new Date(iso);
  return {
    now: () => now,
    set: (later: string) => {
      now = new Date(later);
    },
    advance: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

const envelope = z.object({ resultCode: z.string(), resultMessage: z.string(), data: z.unknown() });

/** A quick, small KOS that really listens. */
export async function aKos(config: Partial<KosConfig> = {}, clock = clockAt('2026-09-15T12:00:00+09:00')) {
  const quick = { ...defaultKosConfig, latencyScale: 0, customerCount: 500, callsPerMinute: 10_000 };
  const kos = createKosSimulator({ ...quick, ...config }, { clock });
  releases.push(() => kos.close());
  const { url, adminUrl } = await kos.listen();
  return { clock, admin: kos.admin, adminUrl, close: () => kos.close(), ...askAt(url) };
}

/** The calls of a KOS client, each answered with its HTTP status and envelope. */
export function askAt(url: string) {
  const send = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, init);
  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  const read = async (asked: Promise<Response>) => {
    const response = await asked;
    return { status: response.status, ...envelope.parse(await response.json()) };
  };
  const changeTo = (change: Partial<AskedChange> = {}) => ({ ...premiumToStandard, ...change });
  return {
    url,
    send,
    get: (path: string) => read(send(path)),
    bill: (lineNumber: string, inquiryMonth: string) => read(post('/kos/bill/inquiry', { lineNumber, inquiryMonth })),
    billRaw: (lineNumber: string) => post('/kos/bill/inquiry', { lineNumber, inquiryMonth: '202608' }),
    change: (change: Partial<AskedChange> = {}) => read(post('/kos/product/change', changeTo(change))),
    changeRaw: (change: Partial<AskedChange>, signal?: AbortSignal) =>
      post('/kos/product/change', changeTo(change), signal),
    currentPlan: async (lineNumber = LINE) => {
      const { data } = await read(send(`/kos/line/${lineNumber}/status`));
      return z.object({ currentProductCode: z.string() }).parse(data).currentProductCode;
    },
  };
}

/** Waits for something another process or socket brings about; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition was not met in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
