import { createInterface } from 'node:readline';
import type { EngineInvocation } from './command-line.ts';
import type { Request } from './conversation.ts';
import { readRequest, writeFailure, writePanic, writePrint, writeResult } from './conversation.ts';
import { openEngine, takePanic } from './engine.ts';
import { createMigrationConnections } from './migration-connections.ts';
import { ensureDatabase } from '../ensure-database.ts';
import { maintenanceAddress } from '../maintenance-connection.ts';

type Engine = Awaited<ReturnType<typeof openEngine>>;
type Conversation = Extract<EngineInvocation, { kind: 'conversation' }>;

const panicked = 101;

/** Answers the requests on stdin one after the other until it ends. */
export async function converse({ schemaPaths, datasource }: Conversation): Promise<void> {
  const connections = createMigrationConnections(datasource);
  const reply = (line: string): boolean => process.stdout.write(line);
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  let engine: Promise<Engine> | undefined;
  let current: Request | undefined;

  // A Rust panic leaves the engine's promise unsettled and surfaces here.
  process.on('uncaughtException', (error) => {
    const message = takePanic() ?? error.message;
    if (current !== undefined) reply(writePanic(current.id, message));
    else log(JSON.stringify({ level: 'ERROR', fields: { message } }));
    process.exit(panicked);
  });

  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    current = readRequest(line);
    if (current === undefined) continue;
    try {
      await answer(current);
    } catch (error) {
      const panic = takePanic();
      reply(panic === undefined ? writeFailure(current.id, error) : writePanic(current.id, panic));
    }
  }
  await connections.close();

  async function answer({ id, method, params }: Request): Promise<void> {
    switch (method) {
      case 'createDatabase': {
        const url = datasource.url ?? '';
        await ensureDatabase(url);
        reply(writeResult(id, { databaseName: maintenanceAddress(url).name }));
        return;
      }
      case 'diff': {
        const result = await callEngine('diff', params);
        const printed = isPrintable(result) ? result.stdout : '';
        if (printed !== '') reply(writePrint(printId(id), printed));
        reply(writeResult(id, isPrintable(result) ? { ...result, stdout: null } : result));
        return;
      }
      case 'evaluateDataLoss':
        // This build makes no shadow database here; it relies on what a diagnosis of the same migrations has cached.
        await callEngine('devDiagnostic', params);
        break;
    }
    reply(writeResult(id, await callEngine(method === 'getDatabaseVersion' ? 'version' : method, params)));
  }

  async function callEngine(method: string, params: unknown): Promise<unknown> {
    engine ??= openEngine({ connections, schemaPaths, onLog: log });
    const opened = await engine;
    const member: unknown = Reflect.get(opened, method);
    if (typeof member !== 'function') throw new Error(`The engine has no method ${method}`);
    const result: unknown = await Reflect.apply(member, opened, [params]);
    return result;
  }
}

// Far from the ids that the command line counts up from 1, as both share one list of open requests.
const printId = (requestId: number): number => 1_000_000 + requestId;

function isPrintable(result: unknown): result is { readonly stdout: string } {
  return typeof result === 'object' && result !== null && 'stdout' in result && typeof result.stdout === 'string';
}
