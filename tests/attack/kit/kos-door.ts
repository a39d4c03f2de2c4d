import { z } from 'zod';
import type { FaultRuleInput } from '@supergraph/kos-simulator/faults';

/** KOS's admin door: what goes wrong there, and how often it was called. */
export interface KosDoor {
  fail(faults: readonly FaultRuleInput[]): Promise<void>;
  /** Refuses connections until `heal`. */
  stopListening(): Promise<void>;
  /** No faults, and listening. */
  heal(): Promise<void>;
  /** Calls since the simulator was started or reset. */
  callsInAll(): Promise<number>;
}

const countSchema = z.object({ total: z.number() });

export function createKosDoor(url: string): KosDoor {
  async function call(method: string, path: string, body?: unknown): Promise<string> {
    const response = await fetch(new URL(path, url), {
      method,
      signal: AbortSignal.timeout(5_000),
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`KOS's admin door answers ${method} ${path} with ${response.status}: ${text}`);
    return text;
  }
  return {
    async fail(faults) {
      await call('PUT', '/faults', faults);
    },
    async stopListening() {
      await call('POST', '/stop-listening');
    },
    async heal() {
      await call('DELETE', '/faults');
      await call('POST', '/resume');
    },
    callsInAll: async () => countSchema.parse(JSON.parse(await call('GET', '/calls/count'))).total,
  };
}
