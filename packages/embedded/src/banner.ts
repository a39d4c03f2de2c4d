/** What to tell the person who started the supergraph. */
export interface Announcement {
  readonly gatewayUrl: string;
  readonly hasSandbox: boolean;
  readonly others: Readonly<Record<string, string>>;
  /** Log-ins that may be used; empty when the databases are not ours. */
  readonly demoAccounts: readonly { readonly loginId: string; readonly password: string; readonly what: string }[];
  readonly startedInMs: number;
}

const row = (name: string, value: string): string => `  ${name.padEnd(12)} ${value}`;

/** The text printed once everything answers. */
export function banner({ gatewayUrl, hasSandbox, others, demoAccounts, startedInMs }: Announcement): string {
  const accounts = demoAccounts.map(({ loginId, password, what }) =>
    [`  ${loginId.padEnd(12)}`, password.padEnd(18), what].join(' '),
  );
  return [
    '',
    `The MVNO supergraph is up (${(startedInMs / 1_000).toFixed(1)} s).`,
    '',
    row('GraphQL', `${gatewayUrl}/graphql${hasSandbox ? '   (Apollo Sandbox in a browser)' : ''}`),
    row('Health', `${gatewayUrl}/livez  /readyz  /health`),
    ...Object.entries(others).map(([name, url]) => row(name, url)),
    '',
    ...(accounts.length > 0 ? ['Log in with', ...accounts, ''] : []),
    'Stop with Ctrl-C.',
    '',
  ].join('\n');
}
