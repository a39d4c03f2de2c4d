import { eventually } from '@supergraph/database/testing/eventually';

const withinMs = 30_000;

/**
 * Waits, as a balancer does, until services say that they are ready. One that was kept busy by the others while it began
 * may first have taken its database for silent.
 */
export const untilReady = async (urls: readonly string[]): Promise<void> => {
  await Promise.all(urls.map((url) => eventually(() => isReady(url), withinMs)));
};

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(withinMs) });
    await answer.text();
    return answer.ok;
  } catch {
    return false;
  }
}
