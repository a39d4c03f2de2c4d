export type EmbeddedPostgresErrorCode =
  'UNSUPPORTED_PLATFORM' | 'FOLDER_IN_USE' | 'FOLDER_UNUSABLE' | 'PORT_TAKEN' | 'START_FAILED';

/** The embedded database cannot run; the message says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;
  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}

export const useRealDatabases =
  'set AUTH_DATABASE_URL and the other three *_DATABASE_URL to databases of a PostgreSQL 15 or newer.';
