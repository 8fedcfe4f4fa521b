import {
  DriverAdapterError,
  isDriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';

/**
 * `factory`, but its errors hold no rows.
 *
 * PostgreSQL's detail of a violated CHECK or NOT NULL is the whole row, password hash and all
 * ("Failing row contains ..."), and Prisma hands it on in `meta`, where a logger finds it.
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
  queryable.queryRaw = (query) => queryRaw(query).catch(throwWithoutRow);
  queryable.executeRaw = (query) => executeRaw(query).catch(throwWithoutRow);
  return queryable;
}

function throwWithoutRow(error: unknown): never {
  if (!isDriverAdapterError(error) || error.cause.kind !== 'postgres') throw error;
  throw new DriverAdapterError({ ...error.cause, detail: undefined });
}
