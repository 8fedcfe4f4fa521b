import type { PGlite } from '@electric-sql/pglite';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type pg from 'pg';

interface CommonAccess {
  /** A Prisma driver adapter, on PostgreSQL and on the embedded database alike. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
}

/** The database access for a project's data client. Gatehouse closes the connections. */
export type DatabaseAccess =
  | (CommonAccess & {
      readonly kind: 'postgresql';
      /** Gatehouse's own pool, with its time limits. It does not support callbacks. Never close it. */
      readonly pool: pg.Pool;
    })
  | (CommonAccess & {
      readonly kind: 'embedded';
      /** The embedded database. It has one connection: inside the work of a change, queries outside of it throw. */
      readonly pglite: PGlite;
    });
