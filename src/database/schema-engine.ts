import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** No table and no enum of the database is somebody else's. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** All that the engine reads of the schema when it only applies migrations. */
const DATASOURCE = 'datasource db { provider = "postgresql" }';

/** The part of Node's global that is used here: without the DOM's types TypeScript does not know it. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }>;
};

/** The package keeps one engine for all: loading it twice would take it from whoever works with it. */
let loading: Promise<typeof SchemaEngine> | undefined;

/**
 * Runs `work` with Prisma Migrate's engine, a WebAssembly module (3 MB) that is loaded at first use.
 *
 * The native engine would be downloaded at first use; this one comes with its package.
 */
export async function withSchemaEngine<Result>(
  adapters: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  loading ??= loadSchemaEngine();
  const Engine = await loading;
  const engine = await Engine.new(
    { datamodels: [['schema.prisma', DATASOURCE]] },
    () => {}, // the engine's log repeats what it returns
    bindMigrationAwareSqlAdapterFactory(adapters),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
  }
}

/** The package's own entry imports the `.wasm` file, which Node 20 cannot: this does the same by hand. */
async function loadSchemaEngine(): Promise<typeof SchemaEngine> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start !== 'function') throw new Error('@prisma/schema-engine-wasm has no start.');
  start();
  return glue.SchemaEngine;
}
