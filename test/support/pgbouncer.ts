import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import { freePort, unprivileged } from './postgres-cluster.ts';

/** The program; undefined where it is not installed. */
export const pgbouncer: string | undefined = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
]
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => existsSync(path));

export interface PgbouncerOptions {
  /** How many connections to the server it has for a database. */
  readonly poolSize: number;
  /** How many prepared statements it follows on each. 0: none. */
  readonly maxPreparedStatements: number;
}

/** Starts PgBouncer in transaction mode before the server of `target`. Returns the URL, and what ends it. */
export async function startPgbouncer(
  target: string,
  { poolSize, maxPreparedStatements }: PgbouncerOptions,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  if (pgbouncer === undefined) throw new Error('PgBouncer is not installed here.');
  const { hostname, port, username } = new URL(target);
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-pgbouncer-'));
  const user = unprivileged();
  const listenPort = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${port || '5432'} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_prepared_statements = ${maxPreparedStatements}
`,
  );
  if (user !== undefined) {
    await chown(folder, user.uid, user.gid);
    await chown(file, user.uid, user.gid);
  }
  const child = spawn(pgbouncer, [file], { ...user, cwd: folder, stdio: 'ignore' });
  const url = new URL(target);
  url.host = `127.0.0.1:${listenPort}`;
  const answers = async () => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.end();
    return true;
  };
  await expect.poll(() => answers().catch(() => false)).toBe(true);
  return {
    url: url.href,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
