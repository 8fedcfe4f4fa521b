/** The built server as a process of its own, on a new database of a PostgreSQL server. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressOf, logIn, query, rooms } from '../server.mjs';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const username = 'admin';

/** Starts it; `stop` ends it and removes the database. */
export async function startServer(serverUrl, settings = {}) {
  const name = `gatehouse_bench_${randomBytes(6).toString('hex')}`;
  await query(serverUrl, `CREATE DATABASE ${name}`);
  const databaseUrl = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const password = randomBytes(18).toString('base64url');
  const environment = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    PORT: '0',
    // Not a line for each of the many operations.
    LOG_LEVEL: 'warn',
    ADMIN_USERNAME: username,
    ADMIN_PASSWORD: password,
    // No token may end, and no login be slow, while the clock runs.
    ACCESS_TOKEN_SECONDS: '3600',
    BCRYPT_COST: '4',
    ...settings,
  };
  const server = spawn(process.execPath, [program, '--project', rooms], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const url = await addressOf(server);
  return {
    url,
    pid: server.pid,
    statements: () => countStatements(databaseUrl, name),
    token: () => logIn(url, username, password),
    async stop() {
      server.kill('SIGTERM');
      await exited;
      await query(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Transactions so far: outside a transaction, each statement is one. PostgreSQL's processes report
 * theirs at most once a second, and only when idle.
 */
async function countStatements(databaseUrl, name) {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const text = `SELECT xact_commit + xact_rollback AS count FROM pg_stat_database WHERE datname = '${name}'`;
  const [{ count }] = await query(databaseUrl, text);
  return Number(count);
}
