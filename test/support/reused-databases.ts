import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { connectServer } from '../../src/database/embedded/connect-embedded.ts';
import { singleProcessParams } from '../../src/database/events/notifications-embedded.ts';

/** What a worker needs to use databases in memory again. */
export interface ReusedKind {
  /** The archive of a new one. */
  readonly snapshot: () => Promise<Blob>;
  /** Makes of the archive's database a new one, such as with more tables. */
  readonly prepare?: (connection: DatabaseConnection) => Promise<unknown>;
  /** SQL that takes away what a test has left. */
  readonly emptying: string;
}

/**
 * Returns a function that opens a new database in memory. One whose test has ended is emptied and used again: this
 * takes a tenth of the time of a start. If its tables or functions differ from those of a new one then, it is not.
 */
export function createReuse({
  snapshot,
  prepare = async () => {},
  emptying,
}: ReusedKind): () => Promise<DatabaseConnection> {
  /** Emptied databases of this worker that no test has open. */
  const spare: PGlite[] = [];
  /** The catalog of a new database. */
  let newCatalog: string | undefined;

  async function takeBack(server: PGlite): Promise<void> {
    await server.exec(emptying);
    await server.exec('DISCARD ALL');
    if ((await readCatalog(server)) !== newCatalog) return server.close();
    await server.exec('CHECKPOINT'); // Otherwise its log grows.
    spare.push(server);
  }

  async function create(): Promise<PGlite> {
    const server = await PGlite.create({ ...memory, loadDataDir: await snapshot() });
    const connection = connectServer(lend(server, async () => {}));
    await prepare(connection);
    await connection.close();
    return server;
  }

  return async () => {
    const server = spare.pop() ?? (await create());
    newCatalog ??= await readCatalog(server);
    return connectServer(lend(server, () => takeBack(server)));
  };
}

const memory = {
  extensions: { pg_trgm },
  startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB', ...singleProcessParams],
};

/** Gives access to a database until `close`. Later use fails as it does when a database is really closed. */
function lend(server: PGlite, takeBack: () => Promise<void>): PGlite {
  let isClosed = false;
  return new Proxy(server, {
    get(target, key) {
      if (key === 'closed') return isClosed;
      if (key === 'close') {
        return async () => {
          isClosed = true;
          await takeBack();
        };
      }
      if (isClosed) throw new Error('PGlite is closed');
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function readCatalog(server: PGlite): Promise<string> {
  const { rows } = await server.query<{ readonly catalog: string }>(`
    SELECT md5(concat(
      (SELECT string_agg(concat(oid, relname), ',' ORDER BY oid) FROM pg_class WHERE oid >= 16384),
      (SELECT string_agg(concat(attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)
        FROM pg_attribute WHERE attrelid >= 16384),
      (SELECT string_agg(concat(oid, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
      (SELECT string_agg(concat(oid, conname), ',' ORDER BY oid) FROM pg_constraint),
      (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
      (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_type WHERE oid >= 16384),
      (SELECT string_agg(nspname, ',' ORDER BY oid) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'))) AS catalog`);
  return rows[0]?.catalog ?? '';
}

/**
 * Empties all tables but those that migrations fill. As a replica: triggers forbid it for the audit log. Rows
 * of small tables are deleted, since TRUNCATE makes new files of each table and index, which takes ten times as long.
 */
export const emptyTables = `DO $$ DECLARE
  each record;
BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR each IN SELECT oid::regclass AS name, pg_relation_size(oid) AS bytes FROM pg_class
    WHERE relkind = 'r' AND relnamespace::regnamespace::text ~ '^(gatehouse|public)'
      AND relname NOT IN ('_prisma_migrations', 'migration_notes', 'event_keys') LOOP
    IF each.bytes > 100000 THEN
      EXECUTE format('TRUNCATE %s CASCADE', each.name);
    ELSIF each.bytes > 0 THEN
      EXECUTE format('DELETE FROM %s', each.name);
    END IF;
  END LOOP;
  PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND oid >= 16384;
END $$`;

/** Removes what migrations have made. */
export const dropGatehouse = 'DROP SCHEMA IF EXISTS gatehouse CASCADE';
