import { tmpdir } from 'node:os';

/** The environment of a terminal: nothing of this test run's own. */
export const terminalEnvironment = (): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? tmpdir(),
});
