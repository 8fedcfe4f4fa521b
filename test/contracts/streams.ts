import { createServer, type Server } from 'node:http';
import type { Gatehouse } from 'graphql-gatehouse';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { createServer as createExpress } from '../../examples/express/server.ts';
import { createServer as createFastify } from '../../examples/fastify/server.ts';
import { createServer as createYogaServer } from '../../examples/yoga/server.ts';
import { listenLocally } from '../support/listen-locally.ts';
import type { Host } from './hosts.ts';
import type { World } from './world.ts';

/** A running subscription, as its client sees it. */
export interface Stream {
  /** The results so far, in the form of JSON. */
  readonly results: readonly unknown[];
  /** Resolves when the server has completed it. */
  readonly completed: Promise<void>;
  close(): void;
}

/** A way to subscribe at a host. */
export interface Transport {
  readonly name: string;
  readonly start: Host['start'];
  subscribe(world: World, query: string, token: string | undefined): Stream;
}

/** Adds the WebSockets of graphql-ws to a server. */
function addSockets(server: Server, { schema, contextOf, run }: Gatehouse) {
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const context = (
    { request }: { readonly request: Parameters<typeof contextOf>[0] },
    authorization: unknown,
  ) => contextOf(request, typeof authorization === 'string' ? { authorization } : {});
  return useServer(
    {
      schema,
      context: ({ extra, connectionParams }) => context(extra, connectionParams?.authorization),
      execute: run,
      subscribe: run,
    },
    sockets,
  );
}

const withSockets =
  (create: (gatehouse: Gatehouse) => Server | Promise<Server>): Host['start'] =>
  async (gatehouse) => {
    const server = await create(gatehouse);
    const sockets = addSockets(server, gatehouse);
    const { port, stop } = await listenLocally(server);
    const rootUrl = `http://127.0.0.1:${port}`;
    return {
      graphqlUrl: `${rootUrl}/graphql`,
      rootUrl,
      async stop() {
        await sockets.dispose();
        await stop();
      },
    };
  };

const yoga = withSockets((gatehouse) => createYogaServer(gatehouse));
const express = withSockets(async (gatehouse) => createServer(await createExpress(gatehouse)));
const fastify = withSockets(async (gatehouse) => {
  const app = await createFastify(gatehouse);
  await app.ready();
  return app.server;
});

/** Each host with each of its ways to subscribe. Apollo Server alone has none: `hosts.test.ts` has its refusal. */
export const transports: readonly Transport[] = [
  { name: 'GraphQL Yoga, by server-sent events', start: yoga, subscribe: overEvents },
  { name: 'GraphQL Yoga with graphql-ws', start: yoga, subscribe: overSocket },
  { name: 'Express with graphql-ws', start: express, subscribe: overSocket },
  { name: 'Fastify with graphql-ws', start: fastify, subscribe: overSocket },
];

function overEvents({ host }: World, query: string, token: string | undefined): Stream {
  const closing = new AbortController();
  const results: unknown[] = [];
  async function read(): Promise<void> {
    const response = await fetch(host.graphqlUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query }),
      signal: closing.signal,
    });
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        if (event.startsWith('event: complete')) return;
        const [, data] = /^data: (.+)$/m.exec(event) ?? [];
        if (data !== undefined) results.push(JSON.parse(data));
      }
    }
    throw new Error('The stream was not completed.');
  }
  return { results, completed: read(), close: () => closing.abort() };
}

function overSocket({ host }: World, query: string, token: string | undefined): Stream {
  const client = createClient({
    url: host.graphqlUrl.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  });
  const results: unknown[] = [];
  const completed = new Promise<void>((resolve, reject) => {
    client.subscribe(
      { query },
      { next: (result) => results.push(result), error: reject, complete: resolve },
    );
  });
  return { results, completed, close: () => void client.dispose() };
}
