import {
  DriverAdapterError,
  isDriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import type { Read } from '../connection.ts';

/**
 * Wraps `factory`: removes rows from errors, and adds the statement's `verb` to errors of a violated foreign key.
 *
 * PostgreSQL's detail of a violated CHECK or NOT NULL contains the whole row with its password hash
 * ("Failing row contains ..."). Prisma passes it on in `meta`, where a logger would print it.
 */
export function withPrivateErrors(
  factory: SqlMigrationAwareDriverAdapterFactory,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    connect: async () => {
      const adapter = hideRows(await factory.connect());
      const startTransaction = adapter.startTransaction.bind(adapter);
      adapter.startTransaction = async (level) => hideRows(await startTransaction(level));
      return adapter;
    },
  };
}

function hideRows<Queryable extends SqlQueryable>(queryable: Queryable): Queryable {
  const queryRaw = queryable.queryRaw.bind(queryable);
  const executeRaw = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (query) => queryRaw(query).catch((error) => rethrow(error, query));
  queryable.executeRaw = (query) => executeRaw(query).catch((error) => rethrow(error, query));
  return queryable;
}

/** Rethrows an error. Adds the verb because PostgreSQL has the same code for writing and removing a row. */
function rethrow(error: unknown, { sql }: SqlQuery): never {
  if (!isDriverAdapterError(error)) throw error;
  const { cause } = error;
  if (cause.kind === 'postgres') throw new DriverAdapterError({ ...cause, detail: undefined });
  if (cause.kind !== 'ForeignKeyConstraintViolation') throw error;
  const [verb] = /^\s*\w+/.exec(sql) ?? [''];
  throw new DriverAdapterError(Object.assign({ ...cause }, { verb: verb.trim().toUpperCase() }));
}

/**
 * Wraps `read` in the same way. PGlite also adds the values of the statement.
 */
export const withPrivateReadErrors =
  (read: Read): Read =>
  async (statement, values) => {
    try {
      return await read(statement, values);
    } catch (error) {
      if (error instanceof Error) for (const key of privateKeys) Reflect.deleteProperty(error, key);
      throw error;
    }
  };

const privateKeys = ['detail', 'params'] as const;
