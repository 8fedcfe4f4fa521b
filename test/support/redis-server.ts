import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './postgres-cluster.ts';

/** The program; undefined where it is not installed. */
export const redisServer: string | undefined = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => existsSync(path));

/** Appended to the name of a test that needs it. */
export const redisNote = redisServer === undefined ? ' (redis-server is not installed)' : '';

/** A Redis server of a test's own, which keeps nothing on disk: to be broken. */
export interface RedisServer {
  /** With its password, if it has one. */
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** Ends it at once, as a crash does. It has forgotten everything when it starts again. */
  kill(): Promise<void>;
  /** Stops it where it is (SIGSTOP): connections stay, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Sends one command, over a connection of its own. */
  send(...words: readonly string[]): Promise<unknown>;
  remove(): Promise<void>;
}

export interface RedisServerOptions {
  readonly password?: string;
  /** Accepts connections with TLS only. */
  readonly tls?: { readonly keyFile: string; readonly certFile: string };
  /** Further words of the command line. */
  readonly words?: readonly string[];
}

/** Starts Redis on a free port of this machine. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { password, tls, words = [] } = options;
  if (redisServer === undefined) throw new Error('redis-server is not installed here.');
  const program = redisServer;
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-redis-'));
  const port = await freePort();
  const user = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const url = `redis://${user}127.0.0.1:${port}`;
  const settings = [
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...(tls === undefined ? ['--port', String(port)] : tlsWords(port, tls)),
    ...(password === undefined ? [] : ['--requirepass', password]),
    ...words,
  ];
  let child: ReturnType<typeof spawn> | undefined;

  const send: RedisServer['send'] = async (...command) => {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  };
  const start = async () => {
    const started = spawn(program, settings, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    child = started;
    for await (const chunk of started.stdout) {
      if (String(chunk).includes('Ready to accept connections')) break;
    }
    started.stdout.resume();
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    url,
    port,
    start,
    kill,
    send,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const tlsWords = (port: number, { keyFile, certFile }: NonNullable<RedisServerOptions['tls']>) => [
  '--port',
  '0',
  '--tls-port',
  String(port),
  '--tls-auth-clients',
  'no',
  '--tls-key-file',
  keyFile,
  '--tls-cert-file',
  certFile,
  '--tls-ca-cert-file',
  certFile,
];
