import { randomUUID } from 'node:crypto';
import pg from 'pg';

/**
 * A PostgreSQL database of one test, for the roles that `docs/operations` describes. This file imports nothing of `src`:
 * tests of packed packages use it too.
 */
export interface PostgresDatabase {
  /** For the role that owns it and has no other privilege. */
  readonly url: string;
  /** For the role of nodes that cannot change tables, which may do what the owner grants to it. */
  readonly nodeUrl: string;
  /** For the administrator of the server: only for what neither role may do. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

/** The roles of all tests. They stay on the server: the next run uses them again. */
export const roles = { owner: 'gatehouse_test', node: 'gatehouse_test_node' } as const;

/** A new database on the server at `TEST_DATABASE_URL`: empty, or a copy of `template`. */
export async function createPostgresDatabase(template = 'template0'): Promise<PostgresDatabase> {
  const name = `${prefix()}${randomUUID().replaceAll('-', '')}`;
  await asAdmin(async (admin) => {
    await createOwnedDatabase(admin, name, template);
    // No test with such a database ends PostgreSQL, and waiting for the disk at each commit takes most of the time.
    await admin.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  });
  return {
    url: urlOf(name, roles.owner),
    nodeUrl: urlOf(name, roles.node),
    adminUrl: urlOf(name),
    drop: () =>
      asAdmin(async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** How the names of the databases of this run begin. `global-setup.ts` gives the run a number. */
const prefix = (): string => `gatehouse_test_${process.env.TEST_RUN ?? ''}_`;

/** Drops what this run has left: databases that its tests have used again, and those of tests that were ended. */
export const dropDatabases = (): Promise<void> =>
  asAdmin(async (admin) => {
    const { rows } = await admin.query<{ readonly name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [prefix()],
    );
    for (const { name } of rows) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });

/** Creates a database as the documents say: its owner has no other privilege. */
export async function createOwnedDatabase(
  admin: pg.Client,
  name: string,
  template = 'template0',
): Promise<void> {
  rolesExist ??= createRoles(admin);
  await rolesExist;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${roles.owner}`);
}

let rolesExist: Promise<void> | undefined;

/** Creates the roles unless they exist. Other workers may do the same at the same time. */
async function createRoles(admin: pg.Client): Promise<void> {
  const { password } = new URL(serverUrl());
  const secret = pg.escapeLiteral(decodeURIComponent(password));
  for (const role of Object.values(roles)) {
    try {
      await admin.query(`CREATE ROLE ${role} LOGIN ${password === '' ? '' : `PASSWORD ${secret}`}`);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
}

/** Whether an error says that the role exists, or that another connection has just created it. */
const isDuplicate = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '42710' || error.code === '23505');

/** Runs `work` with a connection to the database named in `TEST_DATABASE_URL` itself. */
export async function asAdmin<Result>(
  work: (admin: pg.Client) => Promise<Result>,
): Promise<Result> {
  const admin = new pg.Client({ connectionString: serverUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** The address of a database on that server, for a role with the administrator's password; default: the administrator. */
export function urlOf(database: string, role?: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  if (role !== undefined) url.username = role;
  return url.href;
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set.');
  return url;
}
