import {
  type Client,
  createClient,
  type FormattedExecutionResult,
  type SubscribePayload,
} from 'graphql-ws';
import { WebSocket } from 'ws';

/** How a socket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  /** By `performance.now()`. */
  readonly atMs: number;
}

export interface TestSocketOptions {
  readonly token?: string;
  /** In the place of the token: whatever is sent with `connection_init`. */
  readonly connectionParams?: Record<string, unknown>;
  /** Headers of the request, such as `origin`. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Result = FormattedExecutionResult<Record<string, unknown>, unknown>;

/** A subscription, or another operation, of a socket. */
export interface TestSubscription {
  /** What has arrived so far. */
  readonly results: readonly Result[];
  /** How it ended: `complete`, the errors that it was refused with, or the socket's end. */
  readonly ended: Promise<unknown>;
  /** The first result whose place is `index`, once it has arrived. */
  result(index?: number): Promise<Result>;
  stop(): void;
}

/** A client over one real socket, by graphql-ws. It never reconnects. */
export interface TestSocket {
  readonly client: Client;
  readonly ended: Promise<SocketEnd>;
  /** What came with `connection_ack`. */
  readonly connected: Promise<unknown>;
  subscribe(
    query: string,
    variables?: Record<string, unknown>,
    extensions?: Record<string, unknown>,
  ): TestSubscription;
  close(): Promise<unknown>;
}

/** Opens a socket to the server at `http://...`; it is there once `connected` resolves. */
export function openTestSocket(url: string, options: TestSocketOptions = {}): TestSocket {
  const { token, headers } = options;
  class WebSocketWithHeaders extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers: { ...headers } });
    }
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocketWithHeaders,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    connectionParams:
      options.connectionParams ?? (token === undefined ? {} : { authorization: `Bearer ${token}` }),
  });
  const ended = new Promise<SocketEnd>((resolve) => {
    client.on('closed', (event) => {
      const { code, reason } = event instanceof Object ? Object(event) : {};
      resolve({ code, reason, atMs: performance.now() });
    });
  });
  const connected = new Promise((resolve, reject) => {
    client.on('connected', (_socket, payload) => resolve(payload));
    ended.then(({ code }) => reject(new Error(`The socket was closed with ${code}.`)));
  });
  connected.catch(() => {});

  return {
    client,
    ended,
    connected,
    subscribe: (query, variables, extensions) =>
      subscribe(client, {
        query,
        ...(variables === undefined ? {} : { variables }),
        ...(extensions === undefined ? {} : { extensions }),
      }),
    async close() {
      await client.dispose();
      return ended;
    },
  };
}

function subscribe(client: Client, payload: SubscribePayload): TestSubscription {
  const results: Result[] = [];
  const waiting: (() => void)[] = [];
  let stop = () => {};
  const ended = new Promise<unknown>((resolve) => {
    stop = client.subscribe(payload, {
      next(result) {
        results.push(result);
        for (const tell of waiting.splice(0)) tell();
      },
      error: resolve,
      complete: () => resolve('complete'),
    });
  });
  return {
    results,
    ended,
    async result(index = 0) {
      for (;;) {
        const found = results[index];
        if (found !== undefined) return found;
        const isOver = await Promise.race([
          new Promise<boolean>((resolve) => waiting.push(() => resolve(false))),
          ended.then(() => true),
        ]);
        if (isOver)
          throw new Error(`It ended before result ${index}: ${JSON.stringify(await ended)}`);
      }
    },
    stop: () => stop(),
  };
}
