/** A server started for the tests, or one that they were given and leave alone. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export const givenServer = (url: string): TestServer => ({ url, stop: () => Promise.resolve() });
