import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { MigrationConnections } from './migration-connections.ts';

declare global {
  // The engine reports the message of a Rust panic here, just before it traps.
  var PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void };
  // Node has it; its type definitions for version 20 do not.
  var WebAssembly: {
    instantiate(
      bytes: Uint8Array,
      imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
  };
}

let lastPanic: string | undefined;

/** The message of the panic that has just stopped the engine, once. */
export function takePanic(): string | undefined {
  const message = lastPanic;
  lastPanic = undefined;
  return message;
}

export interface EngineOptions {
  readonly connections: MigrationConnections;
  readonly schemaPaths: readonly string[];
  readonly onLog: (line: string) => void;
}

/** Opens the official schema engine, as WebAssembly, on the given connections. */
export async function openEngine({ connections, schemaPaths, onLog }: EngineOptions): Promise<bindings.SchemaEngine> {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      lastPanic = message;
    },
  };
  await instantiate();
  const schemas = await Promise.all(
    schemaPaths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
  );
  return await bindings.SchemaEngine.new(
    // An empty list is a schema without a datasource and is refused; absent means "none".
    { datamodels: schemas.length > 0 ? schemas : undefined },
    onLog,
    bindMigrationAwareSqlAdapterFactory(connections),
  );
}

// The package's own entry imports the .wasm file as a module, which Node 20 does only behind a flag.
async function instantiate(): Promise<void> {
  const glue = fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const wasm = await readFile(glue.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') Reflect.apply(start, undefined, []);
}
