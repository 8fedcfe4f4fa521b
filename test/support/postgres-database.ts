import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A PostgreSQL database of one test. This file imports nothing of `src`: tests of packed packages use it too. */
export interface PostgresDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A new database on the server at `TEST_DATABASE_URL`: empty, or a copy of `template`. */
export async function createPostgresDatabase(template = 'template0'): Promise<PostgresDatabase> {
  const name = `gatehouse_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(async (admin) => {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    // No test with such a database ends PostgreSQL, and waiting for the disk at each commit takes most of the time.
    await admin.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  });
  return {
    url: urlOf(name),
    drop: () =>
      asAdmin(async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

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

/** The address of a database on that server. */
export function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set.');
  return url;
}
