import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './postgres-cluster.ts';

/** The program; undefined where it is not installed. */
export const natsServer: string | undefined = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
]
  .map((folder) => join(folder, 'nats-server'))
  .find((path) => existsSync(path));

/** A NATS server in a folder of its own. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Kills it with SIGKILL. Its folder stays. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and folder. */
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** Starts a NATS server on a free port. `words`: further options of the program. */
export async function startNatsServer(words: readonly string[] = ['-js']): Promise<NatsServer> {
  const program = natsServer;
  if (program === undefined) throw new Error('nats-server is not installed here.');
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-nats-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  const server: NatsServer = {
    url: `nats://127.0.0.1:${port}`,
    port,
    async start() {
      const options = ['-a', '127.0.0.1', '-p', String(port), '-sd', folder, ...words];
      child = spawn(program, options, { stdio: 'ignore' });
      while (child.exitCode === null && !(await answers(port))) await setTimeout(20);
      if (child.exitCode !== null) throw new Error('nats-server did not start.');
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async remove() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Whether a server greets who connects. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
