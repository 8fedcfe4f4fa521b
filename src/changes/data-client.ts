import { retryCollisions } from '../database/retry-collisions.ts';
import type { DataClient, SqlTransaction } from './sql-transaction.ts';

/** A Prisma client, as far as Gatehouse uses it. */
export interface PrismaClientLike {
  $transaction<Result>(work: (transaction: SqlTransaction) => Promise<Result>): Promise<Result>;
  $disconnect(): Promise<void>;
}

/** A data client that is not Prisma's. */
export interface CustomClient<TTransaction> {
  /** Becomes `context.db`. */
  readonly client: object;
  /** Runs work in a transaction, which is undone when the work rejects. */
  transaction<Result>(work: (transaction: TTransaction) => Promise<Result>): Promise<Result>;
  /** Makes the function that runs SQL text with values (`$1`, `$2`) in a transaction, and resolves with rows. */
  query(
    transaction: TTransaction,
  ): (sql: string, values: readonly unknown[]) => Promise<readonly object[]>;
  /** Ends the client's own connections, if it has any. */
  close?(): Promise<void>;
}

/** What `database` of a project's configuration returns. */
export type ProjectClient = PrismaClientLike | CustomClient<unknown>;

const retry = { random: Math.random };

/** Makes what `change` writes with. */
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

/** What becomes `context.db`. */
export const readClientOf = (client: ProjectClient): object =>
  'client' in client ? client.client : client;

/** Ends the project's client. Gatehouse's own pool is not the client's, and stays open. */
export const closeClient = async (client: ProjectClient): Promise<void> =>
  'client' in client ? client.close?.() : client.$disconnect();
