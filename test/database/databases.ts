import { connectMemory } from '../../src/database/connect-embedded.ts';
import { connectPostgres } from '../../src/database/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

export const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;

export interface DatabaseKind {
  readonly kind: DatabaseConnection['kind'];
  readonly connectEmpty: () => Promise<DatabaseConnection>;
}

/** The kinds of database to test: PostgreSQL only when `TEST_DATABASE_URL` names a server. */
export const databaseKinds: readonly DatabaseKind[] = [
  { kind: 'embedded', connectEmpty: connectEmptyMemory },
  ...(hasPostgres ? [{ kind: 'postgresql', connectEmpty: connectEmptyPostgres } as const] : []),
];

let emptySnapshot: Promise<Blob> | undefined;

/** From a snapshot: a quarter of the time that a new one takes. */
async function connectEmptyMemory(): Promise<DatabaseConnection> {
  emptySnapshot ??= connectMemory().then(async (connection) => {
    const snapshot = await connection.snapshot();
    await connection.close();
    return snapshot;
  });
  return connectMemory(await emptySnapshot);
}

async function connectEmptyPostgres(): Promise<DatabaseConnection> {
  const { url, drop } = await createPostgresDatabase();
  const connection = connectPostgres({ url, onPoolError: () => {} });
  return { ...connection, close: () => connection.close().then(drop) };
}
