import { retryCollisions } from '../database/time/retry-collisions.ts';
import { outsideTransactions } from '../database/time/transaction-scope.ts';
import type { DataClient, SqlTransaction } from '../values/sql-transaction.ts';

/** The part of a Prisma client that Gatehouse uses. */
export interface PrismaClientLike {
  $transaction<Result>(work: (transaction: SqlTransaction) => Promise<Result>): Promise<Result>;
  $disconnect(): Promise<void>;
}

/** A data client other than Prisma. */
export interface CustomClient<TTransaction> {
  /** Becomes `context.db`. */
  readonly client: object;
  /** Runs `work` in a transaction, which is rolled back when `work` rejects. */
  transaction<Result>(work: (transaction: TTransaction) => Promise<Result>): Promise<Result>;
  /** Returns the function that runs SQL with values (`$1`, `$2`) in a transaction, and resolves with rows. */
  query(
    transaction: TTransaction,
  ): (sql: string, values: readonly unknown[]) => Promise<readonly object[]>;
  /** Closes the client's own connections, if it has any. */
  close?(): Promise<void>;
}

/** The data client that `database` of a project's configuration returns. */
export type ProjectClient = PrismaClientLike | CustomClient<unknown>;

const retry = { random: Math.random };

/** Converts a project's data client to the one that `change` uses. */
export function toDataClient(client: ProjectClient): DataClient<unknown> {
  if (!('client' in client)) return prismaDataClient(client);
  return {
    transaction: retryCollisions((work) => client.transaction(work), retry),
    sql: (transaction) => {
      const query = client.query(transaction);
      return { $queryRawUnsafe: (sql, ...values) => query(sql, values) };
    },
  };
}

const prismaDataClient = (client: PrismaClientLike): DataClient<SqlTransaction> => ({
  transaction: retryCollisions((work) => client.$transaction(work), retry),
  sql: (transaction) => transaction,
});

/** Returns the client that becomes `context.db`. In the work of a change, it throws. */
export const readClientOf = (client: ProjectClient): object =>
  // Another client can build parts of a query before it reads: the driver that it got throws.
  'client' in client ? client.client : outsideTransactions(withModels(client));

/** Returns a view of a Prisma client whose models throw in the work of a change. */
const withModels = (client: PrismaClientLike): PrismaClientLike =>
  new Proxy(client, {
    get(_client, key) {
      const value: unknown = Reflect.get(client, key, client);
      // An extended client reads its own properties through the view, and some must be the same objects.
      const isModel = typeof key === 'string' && !key.startsWith('_');
      return isModel && typeof value === 'object' && value !== null
        ? outsideTransactions(value)
        : value;
    },
  });

/** Closes the project's client. Gatehouse's own pool stays open. */
export const closeClient = async (client: ProjectClient): Promise<void> =>
  'client' in client ? client.close?.() : client.$disconnect();
