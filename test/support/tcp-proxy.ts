import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** A network between a client and a server that can be made to fail. */
export interface TcpProxy {
  /** The address of the server, with the proxy in its place. */
  readonly url: string;
  /** Passes nothing on any more, and ends nothing: neither side gets a notice. New connections are fine. */
  freeze(): void;
  /** Leads new connections to another server. */
  leadTo(target: string): void;
  /** Ends every connection. */
  cut(): void;
  /** Whether new connections are ended at once. */
  refuses: boolean;
  /** Whether nothing is passed on of new connections, which are taken all the same. */
  swallows: boolean;
  /** How much later than it came all is passed on. */
  delayMs: number;
  close(): Promise<void>;
}

/** Puts a proxy before the server that `target` names, such as a database. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  let { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const state = { refuses: false, swallows: false, delayMs: 0 };
  const server = createServer((downstream) => {
    if (state.refuses) return void downstream.destroy();
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
    if (state.swallows) return;
    downstream.pipe(delay(state)).pipe(upstream);
    upstream.pipe(delay(state)).pipe(downstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const url = new URL(target);
  url.host = `127.0.0.1:${address.port}`;

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    leadTo(other) {
      ({ hostname, port } = new URL(other));
    },
    cut,
    freeze() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    get refuses() {
      return state.refuses;
    },
    set refuses(refuses) {
      state.refuses = refuses;
    },
    get swallows() {
      return state.swallows;
    },
    set swallows(swallows) {
      state.swallows = swallows;
    },
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(delayMs) {
      state.delayMs = delayMs;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Passes each piece on so much later than it came, in their order, as a long way does. */
function delay(state: { readonly delayMs: number }): Transform {
  let lastAtMs = 0;
  const passed = new Set<Promise<unknown>>();
  return new Transform({
    transform(chunk, _encoding, done) {
      const nowMs = performance.now();
      lastAtMs = Math.max(lastAtMs, nowMs + state.delayMs);
      if (passed.size === 0 && lastAtMs <= nowMs) return void done(null, chunk);
      const passing = wait(lastAtMs - nowMs).then(() => {
        passed.delete(passing);
        if (!this.destroyed) this.push(chunk);
      });
      passed.add(passing);
      done();
    },
    flush: (done) => void Promise.all(passed).then(() => done()),
  });
}
