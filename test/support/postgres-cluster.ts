import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that `global-setup.ts` makes, and that is removed when the run ends. */
    runFolder: string | undefined;
  }
}

/** A PostgreSQL server of a test's own, in a temporary folder: to be broken. */
export interface PostgresCluster {
  /** For the role that owns its database, and has no other privilege. */
  readonly url: string;
  /** For the role of nodes that cannot change tables, which may do what the owner grants to it. */
  readonly nodeUrl: string;
  /** For its superuser, of the same database: only for what neither role may do. */
  readonly adminUrl: string;
  /** Where its files are, and others may be put. */
  readonly folder: string;
  start(): Promise<void>;
  /** Ends it without a word to anyone, as a crash does. */
  stopAtOnce(): Promise<void>;
  /** Stops all its processes where they are (SIGSTOP): connections stay open without answers. */
  freeze(): void;
  thaw(): void;
  /** Leaves no room on its disk, and gives it back. Only with a disk of its own. */
  fillDisk(): void;
  freeDisk(): void;
  /** Whether it runs: one whose disk is full may exit. */
  isRunning(): boolean;
  /** Runs statements as its superuser, with a connection of their own. */
  query(sql: string): Promise<readonly pg.QueryResultRow[]>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

/** The folder with `initdb` and `postgres`; undefined where they are not installed. */
export const postgresBinaries = findFolder('initdb', 'postgres');
/** The folder that also has what makes a replica; undefined where it is not installed. */
export const replicaBinaries = findFolder('initdb', 'postgres', 'pg_basebackup');

/** Whether operators' commands run here: those of the documents find them without a folder. */
export const hasClients = ['psql', 'pg_dump', 'pg_restore'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

function findFolder(...programs: readonly string[]): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versionsIn('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  return folders.find((folder) => programs.every((name) => existsSync(join(folder, name))));
}

function versionsIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted().toReversed() : [];
}

/** The user `postgres`, or 65534, which has no rights: PostgreSQL refuses to run as root. */
export function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) =>
    Number(execFileSync('sh', ['-c', `id ${option} postgres 2>/dev/null || echo 65534`]));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

export interface ClusterOptions {
  /** A disk of its own, in memory; absent: the machine's. Needs the right to mount one. */
  readonly diskMegabytes?: number;
  /** It follows this one, as a streaming replica. */
  readonly replicaOf?: Pick<PostgresCluster, 'adminUrl'>;
  /** Whether it has only what `initdb` makes. Default: it also has the database `gatehouse`, and the roles. */
  readonly isNew?: boolean;
  /** Settings of PostgreSQL, such as `wal_level=minimal`. */
  readonly settings?: readonly string[];
}

/** Whether this process may mount a disk. */
export function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  const isMounted = mount(folder, 1);
  if (isMounted) execFileSync('umount', [folder]);
  rmdirSync(folder);
  return isMounted;
}

const mount = (folder: string, megabytes: number): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0;

/** Makes one and starts it. */
export async function createPostgresCluster({
  diskMegabytes,
  replicaOf,
  isNew = false,
  settings: given = [],
}: ClusterOptions = {}): Promise<PostgresCluster> {
  // Those of a replica and of its primary are of one version.
  const binaries = replicaBinaries ?? postgresBinaries;
  if (binaries === undefined) throw new Error('PostgreSQL is not installed here.');
  const user = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-cluster-'));
  const hasDisk = diskMegabytes !== undefined && mount(folder, diskMegabytes);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const;
  if (replicaOf === undefined) {
    const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
    if (newCluster === undefined) execFileSync(join(binaries, 'initdb'), words, options);
    else copyFolder(newCluster, data);
    newCluster ??= keepCopy(data);
  } else {
    const copy = ['-D', data, '-d', replicaOf.adminUrl, '-R', '-X', 'stream', '-c', 'fast', '-N'];
    execFileSync(join(binaries, 'pg_basebackup'), copy, options);
  }

  const port = await freePort();
  const urlOf = (role: string, database: string) =>
    `postgresql://${role}@127.0.0.1:${port}/${database}`;
  const adminUrl = urlOf('postgres', 'gatehouse');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=60',
    // As an operating system's crash is not part of this, its cache may keep what is written.
    `port=${port}`,
    'fsync=off',
    // So that a small disk has room for it.
    'max_wal_size=64MB',
    'min_wal_size=32MB',
    ...given,
  ].flatMap((each) => ['-c', each]);
  let server: ReturnType<typeof spawn> | undefined;

  const isRunning = () =>
    server !== undefined && server.exitCode === null && server.signalCode === null;
  const signal = (name: NodeJS.Signals): void => {
    if (server?.pid === undefined || !isRunning()) return;
    // The parent first: it makes no further children then.
    process.kill(server.pid, name);
    for (const pid of childrenOf(server.pid)) {
      try {
        process.kill(pid, name);
      } catch {} // it has ended meanwhile
    }
  };
  const ballast = join(folder, 'ballast');
  const stopAtOnce = async (): Promise<void> => {
    if (server === undefined || !isRunning()) return;
    const exited = once(server, 'exit');
    server.kill('SIGQUIT');
    await exited;
  };
  const cluster: PostgresCluster = {
    url: urlOf('gatehouse_owner', 'gatehouse'),
    nodeUrl: urlOf('gatehouse_node', 'gatehouse'),
    adminUrl,
    folder,
    async start() {
      server = spawn(join(binaries, 'postgres'), ['-D', data, ...settings], options);
      await untilItAnswers(urlOf('postgres', 'postgres'));
    },
    stopAtOnce,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    fillDisk() {
      if (!hasDisk) throw new Error('It has no disk of its own.');
      // Until nothing more fits: `dd` fails then.
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'], { stdio: 'ignore' });
    },
    freeDisk: () => rmSync(ballast, { force: true }),
    isRunning,
    query: (sql) => queryOnce(adminUrl, sql),
    async remove() {
      signal('SIGCONT');
      await stopAtOnce();
      if (hasDisk) execFileSync('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await cluster.start();
  if (replicaOf === undefined && !isNew) {
    for (const statement of documentedDatabase) {
      await queryOnce(urlOf('postgres', 'postgres'), statement);
    }
  }
  return cluster;
}

/** What the administrator does for Gatehouse (`docs/operations/hosts.md`). */
const documentedDatabase = [
  'CREATE ROLE gatehouse_owner LOGIN',
  'CREATE ROLE gatehouse_node LOGIN',
  'CREATE DATABASE gatehouse OWNER gatehouse_owner',
] as const;

/** The files of a cluster that has never run, of this worker: to make them takes ten times as long as to copy them. */
let newCluster: string | undefined;

/** Copies them to where they stay until the run ends. */
function keepCopy(data: string): string | undefined {
  const folder = inject('runFolder');
  if (folder === undefined) return undefined;
  const copy = join(folder, `cluster-${process.pid}`);
  copyFolder(data, copy);
  return copy;
}

/** With its owner. */
const copyFolder = (from: string, to: string): void => {
  execFileSync('cp', ['-a', from, to]);
};

function childrenOf(pid: number): readonly number[] {
  const list = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return list.split('\n').filter(Boolean).map(Number);
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

async function queryOnce(url: string, sql: string): Promise<readonly pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await queryOnce(url, 'SELECT 1');
      return;
    } catch (error) {
      if (tries === 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
