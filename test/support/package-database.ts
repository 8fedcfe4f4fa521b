import { type PackageDatabase, toPackageDatabase } from '../../src/changes/package-database.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';

/** The database as packages get it. */
export const packageDatabase = (
  connection: Pick<DatabaseConnection, 'database' | 'read'>,
): PackageDatabase => toPackageDatabase(connection, { statementTimeoutMs: 2_000 });
