import { parseArgs } from 'node:util';

export const maintenanceCommands = ['can-connect-to-database', 'create-database', 'drop-database'] as const;
export type MaintenanceCommand = (typeof maintenanceCommands)[number];

/** What the Prisma command line asks of its engine: one maintenance step, or a conversation over stdin. */
export type EngineInvocation =
  | { readonly kind: 'maintenance'; readonly command: MaintenanceCommand; readonly url: string }
  | { readonly kind: 'conversation'; readonly schemaPaths: readonly string[]; readonly datasource: Datasource };

export interface Datasource {
  readonly url: string | undefined;
  readonly shadowDatabaseUrl: string | undefined;
}

/** Reads the arguments of the native engine; throws on any that this stand-in does not know. */
export function readCommandLine(args: readonly string[]): EngineInvocation {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      datamodels: { type: 'string', multiple: true },
      datasource: { type: 'string' },
      'enabled-preview-features': { type: 'string' },
      'extension-types': { type: 'string' },
    },
  });
  const datasource = readDatasource(values.datasource);
  const [keyword, name] = positionals;
  if (keyword === undefined) return { kind: 'conversation', schemaPaths: values.datamodels ?? [], datasource };

  const command = maintenanceCommands.find((known) => known === name);
  if (keyword !== 'cli' || command === undefined) throw new Error(`Unknown engine command: ${positionals.join(' ')}`);
  if (datasource.url === undefined) throw new Error(`${command} needs a datasource with a url`);
  return { kind: 'maintenance', command, url: datasource.url };
}

function readDatasource(json = '{}'): Datasource {
  const raw: unknown = JSON.parse(json);
  const field = (name: string): string | undefined => {
    const value: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, name) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return { url: field('url'), shadowDatabaseUrl: field('shadowDatabaseUrl') };
}
