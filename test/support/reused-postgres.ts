import pg from 'pg';
import type { PostgresDatabase } from './postgres-database.ts';

/** What a worker needs to use databases again. */
interface ReusedPostgres {
  readonly create: () => Promise<PostgresDatabase>;
  /** SQL that takes away what a test has left. */
  readonly emptying: string;
}

/** A database that a test has until it gives it back. */
export interface LentDatabase extends PostgresDatabase {
  /** Every connection of the test must be closed. A second call does nothing. */
  takeBack(): Promise<void>;
}

/**
 * Returns a function that lends databases of this worker. One that is taken back is emptied and lent again: to drop it, and
 * to copy another one, makes the server write everything to its disk. Where its tables, functions or rights differ from
 * those of a new one, it is dropped.
 */
export function createPostgresReuse({
  create,
  emptying,
}: ReusedPostgres): () => Promise<LentDatabase> {
  const spare: PostgresDatabase[] = [];
  let newState: State | undefined;

  async function takeBack(database: PostgresDatabase): Promise<void> {
    const isNew = await asAdminOf(database, async (admin) => {
      await admin.query(endOthers);
      for (const policy of newState?.policies ?? []) await admin.query(policy);
      await admin.query(emptying);
      return JSON.stringify(await readState(admin)) === JSON.stringify(newState);
    }).catch(isGone);
    if (isNew) spare.push(database);
    else await database.drop();
  }

  return async () => {
    const database = spare.pop() ?? (await create());
    newState ??= await asAdminOf(database, readState);
    let taking: Promise<void> | undefined;
    return {
      ...database,
      takeBack() {
        taking ??= takeBack(database);
        return taking;
      },
    };
  };
}

/** A test has dropped its database. */
const isGone = (error: unknown): false => {
  if (error instanceof pg.DatabaseError && error.code === '3D000') return false;
  throw error;
};

/** What is not emptied. */
interface State {
  readonly catalog: string;
  /** Statements that make each policy as it was: tests of other days let the audit log take any time. */
  readonly policies: readonly string[];
}

/** A server of the test that was killed may have left some. */
const endOthers = `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

async function asAdminOf<Result>(
  { adminUrl }: PostgresDatabase,
  work: (admin: pg.Client) => Promise<Result>,
): Promise<Result> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function readState(admin: pg.Client): Promise<State> {
  const { rows } = await admin.query<{ readonly catalog: string }>(`
    SELECT md5(concat(
      (SELECT string_agg(concat(oid, relname, relacl, relrowsecurity), ',' ORDER BY oid) FROM pg_class WHERE oid >= 16384),
      (SELECT string_agg(concat(attrelid, attname, atttypid, attnotnull, attacl), ',' ORDER BY attrelid, attnum)
        FROM pg_attribute WHERE attrelid >= 16384),
      (SELECT string_agg(concat(oid, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
      (SELECT string_agg(concat(oid, conname), ',' ORDER BY oid) FROM pg_constraint),
      (SELECT string_agg(concat(oid, proacl, md5(prosrc)), ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
      (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_type WHERE oid >= 16384),
      (SELECT string_agg(concat(nspname, nspacl), ',' ORDER BY oid) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'),
      (SELECT string_agg(setconfig::text, ',' ORDER BY setrole) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())))) AS catalog`);
  const policies = await admin.query<{ readonly statement: string }>(`
    SELECT format('ALTER POLICY %I ON %s WITH CHECK (%s)', polname, polrelid::regclass,
      pg_get_expr(polwithcheck, polrelid)) AS statement
    FROM pg_policy WHERE polwithcheck IS NOT NULL ORDER BY oid`);
  return {
    catalog: rows[0]?.catalog ?? '',
    policies: policies.rows.map(({ statement }) => statement),
  };
}
