import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A socket without a client that knows the protocol: it sends what a test gives it. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** Sends a text as it is, and anything else as JSON. */
  send(message: unknown): void;
  /** Sends these in one piece: all have been read before the first of them is answered. */
  sendTogether(...messages: readonly unknown[]): void;
  /** Sends bytes as they are, whether or not they are frames. */
  write(bytes: Buffer): void;
  /** The next message that was not taken yet. */
  next(): Promise<unknown>;
  /** Code and reason. */
  readonly ended: Promise<[number, string]>;
  close(): Promise<[number, string]>;
}

export interface RawSocketOptions {
  readonly protocol?: string | string[];
  /** Headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a socket to the server at `http://...`. */
export async function openRawSocket(
  url: string,
  { protocol = 'graphql-transport-ws', headers }: RawSocketOptions = {},
): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocol, {
    headers: { ...headers },
  });
  const messages: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('message', (data) => {
    const message: unknown = JSON.parse(String(data));
    const taker = waiting.shift();
    if (taker === undefined) messages.push(message);
    else taker(message);
  });
  const ended = new Promise<[number, string]>((resolve) => {
    socket.on('close', (code, reason) => resolve([code, String(reason)]));
  });
  await once(socket, 'open');
  const stream = Reflect.get(socket, '_socket');
  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    socket,
    ended,
    send,
    sendTogether(...messages) {
      stream.cork();
      messages.forEach(send);
      stream.uncork();
    },
    write: (bytes) => stream.write(bytes),
    close: () => {
      socket.close();
      return ended;
    },
    next: () =>
      new Promise((resolve) => {
        const message = messages.shift();
        if (message === undefined) waiting.push(resolve);
        else resolve(message);
      }),
  };
}
