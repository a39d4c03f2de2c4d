import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { removeAtOurEnd } from '../processes/lifeline.ts';
import type { TestServer } from './test-server.ts';

/** Nothing in these databases has to outlive the machine. */
const throwaway = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** Starts an empty PostgreSQL in a temporary folder, which goes when it stops or when this process dies. */
export async function startTestPostgres(): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-test-'));
  const lifeline = removeAtOurEnd(folder);
  const discard = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    lifeline.release();
  };
  try {
    const server = await startEmbeddedPostgres({ folder, refuge: path.join(folder, 'refuge'), settings: throwaway });
    return {
      url: server.urlOf('postgres'),
      stop: async () => {
        await server.stop();
        await discard();
      },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}
