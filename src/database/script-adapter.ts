import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';

export type RunScript = (adapter: SqlDriverAdapter, script: string) => Promise<void>;

/**
 * Wraps `factory` for the schema engine: `runScript` runs the scripts of migrations, and `schemaName` is the schema of
 * the history.
 *
 * The adapters' own `executeScript` cannot run migrations. `@prisma/adapter-pg` 7.10 splits the script at every
 * semicolon, also within strings and function bodies. `pglite-prisma-adapter` 0.7 does not wait for it, so a failed
 * migration counts as applied.
 */
export function withWholeScripts(
  factory: SqlMigrationAwareDriverAdapterFactory,
  schemaName: string,
  runScript: RunScript,
): SqlMigrationAwareDriverAdapterFactory {
  const wrap = (adapter: SqlDriverAdapter): SqlDriverAdapter => ({
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    executeScript: (script) => runScript(adapter, script),
    startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
    getConnectionInfo: () => ({
      supportsRelationJoins: true,
      ...adapter.getConnectionInfo?.(),
      schemaName,
    }),
    dispose: () => adapter.dispose(),
  });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => wrap(await factory.connect()),
    connectToShadowDb: async () => wrap(await factory.connectToShadowDb()),
  };
}

/** The parts of a driver's error that the schema engine reports. */
interface DriverError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly severity?: string | undefined;
  readonly detail?: string | undefined;
  readonly column?: string | undefined;
  readonly hint?: string | undefined;
}

/** Converts an error for the schema engine, which reads message and code only from `DriverAdapterError`. */
export function toDriverAdapterError(error: DriverError): DriverAdapterError {
  const { message, detail, column, hint } = error;
  const code = error.code ?? 'N/A';
  const severity = error.severity ?? 'N/A';
  return new DriverAdapterError({
    ...{ kind: 'postgres', code, severity, message, detail, column, hint },
    ...{ originalCode: code, originalMessage: message },
  });
}
