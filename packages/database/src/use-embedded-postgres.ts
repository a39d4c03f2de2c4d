import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.ts';
import { EmbeddedPostgresError, joinEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

/** An embedded server that runs for us or for somebody else as well. */
export interface UsedPostgres extends Pick<EmbeddedPostgres, 'urlOf'> {
  /** Stops it, unless it was running before. */
  release(): Promise<void>;
}

/** Uses the server on `folder` beside whoever runs it, or starts it. Rejects with an EmbeddedPostgresError. */
export async function useEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<UsedPostgres> {
  try {
    const server = await startEmbeddedPostgres(options);
    return { urlOf: (database) => server.urlOf(database), release: () => server.stop() };
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError && error.code === 'FOLDER_IN_USE')) throw error;
    return { urlOf: await joinEmbeddedPostgres(options), release: () => Promise.resolve() };
  }
}
