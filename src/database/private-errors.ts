import {
  DriverAdapterError,
  isDriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';

/**
 * `factory`, but its errors hold no rows, and those of a violated foreign key bear the statement's `verb`.
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
  queryable.queryRaw = (query) => queryRaw(query).catch((error) => rethrow(error, query));
  queryable.executeRaw = (query) => executeRaw(query).catch((error) => rethrow(error, query));
  return queryable;
}

/** Whether a row was written or removed is told by no code: PostgreSQL has one for both. */
function rethrow(error: unknown, { sql }: SqlQuery): never {
  if (!isDriverAdapterError(error)) throw error;
  const { cause } = error;
  if (cause.kind === 'postgres') throw new DriverAdapterError({ ...cause, detail: undefined });
  if (cause.kind !== 'ForeignKeyConstraintViolation') throw error;
  const [verb] = /^\s*\w+/.exec(sql) ?? [''];
  throw new DriverAdapterError(Object.assign({ ...cause }, { verb: verb.trim().toUpperCase() }));
}
