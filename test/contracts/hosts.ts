import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Gatehouse, GatehouseConfig } from 'graphql-gatehouse';
import { start as startStandalone } from '../../examples/apollo-standalone/server.ts';
import { createServer as createExpress } from '../../examples/express/server.ts';
import { createServer as createFastify } from '../../examples/fastify/server.ts';
import { createServer as createHono } from '../../examples/hono/server.ts';
import sdlProject from '../../examples/invoices/gatehouse.config.ts';
import pothosProject from '../../examples/pothos/gatehouse.config.ts';
import { createServer as createYogaServer } from '../../examples/yoga/server.ts';

/** A foreign server in which Gatehouse was started. */
export interface RunningHost {
  readonly graphqlUrl: string;
  /** Where `gatehouse.handler` is served; undefined where the host has no place for it. */
  readonly rootUrl: string | undefined;
  stop(): Promise<unknown>;
}

/** One host, and the project that it serves. */
export interface Host {
  readonly name: string;
  readonly config: GatehouseConfig;
  /** Whether its example answers operations over GET. */
  readonly answersGet: boolean;
  /** Whether the context builder gets the request of Node.js: Yoga's has the first value of a repeated header. */
  readonly seesRepeatedHeaders: boolean;
  /** Whether it sends the events of a subscription over HTTP. */
  readonly streams: boolean;
  start(gatehouse: Gatehouse): Promise<RunningHost>;
}

const standalone: Host['start'] = async (gatehouse) => {
  const { url, stop } = await startStandalone(gatehouse, 0);
  return { graphqlUrl: url, rootUrl: undefined, stop };
};

const express: Host['start'] = async (gatehouse) =>
  listen((await createExpress(gatehouse)).listen(0, '127.0.0.1'));

const fastify: Host['start'] = async (gatehouse) => {
  const app = await createFastify(gatehouse);
  const rootUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  return { graphqlUrl: `${rootUrl}/graphql`, rootUrl, stop: () => app.close() };
};

export const yoga: Host['start'] = async (gatehouse) =>
  listen(createYogaServer(gatehouse).listen(0, '127.0.0.1'));

const hono: Host['start'] = async (gatehouse) => {
  const { fetch } = createHono(gatehouse);
  return listen(createHttpServer(getRequestListener(fetch)).listen(0, '127.0.0.1'));
};

async function listen(server: Server): Promise<RunningHost> {
  if (!server.listening) await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  const rootUrl = `http://127.0.0.1:${address.port}`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { graphqlUrl: `${rootUrl}/graphql`, rootUrl, stop };
}

export const hosts: readonly Host[] = [
  {
    name: 'Apollo Server, standalone',
    config: sdlProject,
    answersGet: true,
    seesRepeatedHeaders: true,
    streams: false,
    start: standalone,
  },
  {
    name: 'Express with Apollo Server',
    config: sdlProject,
    answersGet: true,
    seesRepeatedHeaders: true,
    streams: false,
    start: express,
  },
  {
    name: 'Fastify with Apollo Server',
    config: sdlProject,
    answersGet: false,
    seesRepeatedHeaders: true,
    streams: false,
    start: fastify,
  },
  {
    name: 'GraphQL Yoga',
    config: sdlProject,
    answersGet: true,
    seesRepeatedHeaders: false,
    streams: true,
    start: yoga,
  },
  {
    name: 'Hono with GraphQL Yoga',
    config: sdlProject,
    answersGet: true,
    seesRepeatedHeaders: false,
    streams: true,
    start: hono,
  },
  {
    name: 'GraphQL Yoga, a schema of Pothos',
    config: pothosProject,
    answersGet: true,
    seesRepeatedHeaders: false,
    streams: true,
    start: yoga,
  },
];
