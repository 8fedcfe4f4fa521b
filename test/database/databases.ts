import { openAsBlob } from 'node:fs';
import { inject } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { createSnapshots } from '../support/database-snapshot.ts';
import { createReuse, dropGatehouse } from '../support/reused-databases.ts';
import { createPostgresReuse } from '../support/reused-postgres.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

export const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;

export interface DatabaseKind {
  readonly kind: DatabaseConnection['kind'];
  readonly connectEmpty: () => Promise<DatabaseConnection>;
}

/** Opens an embedded database in memory without any table. */
export const connectEmptyMemory = createReuse({
  snapshot: async () => {
    const archives = inject('databaseSnapshots');
    return archives === undefined ? (await createSnapshots()).empty : openAsBlob(archives.empty);
  },
  emptying: dropGatehouse,
});

const lendEmpty = createPostgresReuse({
  create: () => createPostgresDatabase(),
  emptying: dropGatehouse,
});

async function connectEmptyPostgres(): Promise<DatabaseConnection> {
  const database = await lendEmpty();
  const connection = connectPostgres({ url: database.url, onPoolError: () => {} });
  const close = async () => {
    await connection.close();
    await database.takeBack();
  };
  return { ...connection, close };
}

const embedded: DatabaseKind = { kind: 'embedded', connectEmpty: connectEmptyMemory };
const postgresql: DatabaseKind = { kind: 'postgresql', connectEmpty: connectEmptyPostgres };

/**
 * The kinds of database to test: PostgreSQL only when `TEST_DATABASE_URL` names a server, and then not both in one part of
 * the tests. Add a file that uses it to `filesByKind`.
 */
export const databaseKinds: readonly DatabaseKind[] = kindsOf(process.env.TEST_PART);

function kindsOf(part: string | undefined): readonly DatabaseKind[] {
  if (!hasPostgres || part === 'repeats') return [embedded];
  return part === 'promises' ? [postgresql] : [embedded, postgresql];
}
