import { openAsBlob } from 'node:fs';
import { inject } from 'vitest';
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

/** An embedded database in memory without any table. */
export async function connectEmptyMemory(): Promise<DatabaseConnection> {
  const archives = inject('databaseSnapshots');
  return connectMemory(archives === undefined ? undefined : await openAsBlob(archives.empty));
}

async function connectEmptyPostgres(): Promise<DatabaseConnection> {
  const { url, drop } = await createPostgresDatabase();
  const connection = connectPostgres({ url, onPoolError: () => {} });
  return { ...connection, close: () => connection.close().then(drop) };
}
