import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createFrameReader, createStatementReader, type Frame } from './postgres-frames.ts';

/** Where a connection stops: its statement is not sent, or it was done and its answer is not. */
export type Moment = 'before' | 'after';

export interface Stop {
  readonly moment: Moment;
  /** Called for each statement of all connections, in their order. */
  readonly isReached: (statement: string) => boolean;
}

/** Stands between a client and PostgreSQL, and can stop a connection at one statement. */
export interface StatementProxy {
  /** The address of the database, with the proxy in its place. */
  readonly url: string;
  /** The statements since the last call of `clear`. */
  readonly statements: readonly string[];
  clear(): void;
  /**
   * Stops the connection of the first statement from now on for which `isReached` returns true. Resolves with the
   * statement when it stands still. Other connections go on.
   */
  stopAt(stop: Stop): Promise<string>;
  /** Ends every connection that stands still. */
  cut(): void;
  /** Ends every connection, and new ones at once until `restore`. */
  interrupt(): void;
  restore(): void;
  close(): Promise<void>;
}

/** Puts a proxy before the server that `target` names. Connections have no TLS. */
export async function startStatementProxy(target: string): Promise<StatementProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const stopped = new Set<Socket>();
  let isInterrupted = false;
  const seen: string[] = [];
  let waiting: Waiting | undefined;
  const take = (statement: string, downstream: Socket): Waiting | undefined => {
    seen.push(statement);
    if (waiting === undefined || !waiting.isReached(statement)) return undefined;
    const taken = waiting;
    waiting = undefined;
    stopped.add(downstream);
    return taken;
  };
  const server = createServer((downstream) => {
    if (isInterrupted) return void downstream.destroy();
    const upstream = connect(Number(port), hostname);
    for (const socket of [downstream, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        downstream.destroy();
        upstream.destroy();
      });
    }
    relay(downstream, upstream, (statement) => take(statement, downstream));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const url = new URL(target);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    statements: seen,
    clear: () => void seen.splice(0),
    stopAt: (stop) =>
      new Promise((resolve) => {
        waiting = { ...stop, reach: resolve };
      }),
    cut() {
      for (const socket of stopped) socket.destroy();
      stopped.clear();
    },
    interrupt() {
      isInterrupted = true;
      for (const socket of sockets) socket.destroy();
    },
    restore() {
      isInterrupted = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server.close(), 'close');
    },
  };
}

interface Waiting extends Stop {
  readonly reach: (statement: string) => void;
}

/** Passes one connection on, until one of its statements is taken. */
function relay(
  downstream: Socket,
  upstream: Socket,
  take: (statement: string) => Waiting | undefined,
): void {
  const readFrames = createFrameReader('untyped');
  const readStatement = createStatementReader();
  const readAnswers = createFrameReader('typed');
  let taken: { readonly waiting: Waiting; readonly statement: string } | undefined;

  const send = (frame: Frame): void => {
    if (taken?.waiting.moment === 'before') return;
    const statement = readStatement(frame);
    const waiting = statement === undefined ? undefined : take(statement);
    if (statement !== undefined && waiting !== undefined) taken = { waiting, statement };
    if (waiting?.moment === 'before') waiting.reach(statement ?? '');
    else upstream.write(frame.bytes);
  };
  downstream.on('data', (chunk) => {
    for (const frame of readFrames(chunk)) send(frame);
  });
  upstream.on('data', (chunk) => {
    const isDone = readAnswers(chunk).some(({ type }) => type === readyForQuery);
    if (taken === undefined) downstream.write(chunk);
    else if (isDone && taken.waiting.moment === 'after') taken.waiting.reach(taken.statement);
  });
}

/** Sent when all statements before it are done. */
const readyForQuery = 'Z';
