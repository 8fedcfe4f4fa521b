import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Includes all tables and enums of the database. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** The part of the schema that the engine needs to apply migrations. */
const DATASOURCE = 'datasource db { provider = "postgresql" }';

/** Declares the used part of the global, whose types come with the DOM's. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }>;
};

/** Loaded once: the package has one global engine, and loading it again would break its current users. */
let loading: Promise<typeof SchemaEngine> | undefined;

interface EngineDatabase {
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  readonly schema: string;
}

/**
 * Runs `work` with Prisma Migrate's engine, a WebAssembly module (3 MB) that is loaded at first use.
 *
 * It is part of its package, unlike the native engine, which is downloaded at first use. It cannot apply migrations:
 * `@prisma/adapter-pg` 7.10 splits scripts at every semicolon, and `pglite-prisma-adapter` 0.7 does not wait for them.
 */
export async function withSchemaEngine<Result>(
  { adapter, schema }: EngineDatabase,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  loading ??= loadSchemaEngine();
  const Engine = await loading;
  const engine = await Engine.new(
    { datamodels: [['schema.prisma', DATASOURCE]] },
    () => {}, // the engine's log repeats what it returns
    bindMigrationAwareSqlAdapterFactory({
      ...adapter,
      connect: async () =>
        Object.assign(await adapter.connect(), {
          getConnectionInfo: () => ({ supportsRelationJoins: true, schemaName: schema }),
        }),
    }),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
  }
}

/** Loads the engine. The package's own entry imports the `.wasm` file, which Node.js 20 does not support. */
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
