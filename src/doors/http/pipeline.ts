import type { FastifyInstance } from 'fastify';
import { registerPlaygroundAssets } from '../../playground/playground.ts';
import { refuseTunnels } from '../transport/client-errors.ts';
import type { Connections } from '../transport/connections.ts';
import { registerCors } from '../transport/cors.ts';
import { registerHttpErrors } from '../transport/http-errors.ts';
import { registerOriginLog } from '../transport/origin-log.ts';
import { type JsonBodyOptions, registerJsonBody } from '../transport/read-body.ts';
import { registerEarlyRefusals } from '../transport/refuse-early.ts';
import { registerRequestOrder } from '../transport/request-order.ts';
import { registerHeaders } from '../transport/response-headers.ts';
import { createGraphQLSteps, type GraphQLParts } from './graphql-steps.ts';
import { type HealthOptions, registerHealth } from './health.ts';
import { type PagesOptions, registerPages } from './package-pages.ts';
import { createRefuseForRoutes, type RoutesOptions, registerRoutes } from './package-routes.ts';
import { type PublicKeysOptions, registerPublicKeys } from './public-keys.ts';

export interface PipelineParts
  extends GraphQLParts,
    HealthOptions,
    JsonBodyOptions,
    PagesOptions,
    PublicKeysOptions,
    RoutesOptions {
  readonly graphqlPath: string;
  readonly connections: Connections;
  readonly allowedOrigins: readonly string[];
  /** Called after each HTTP response. `route` is the registered route, if one matched. */
  readonly onResponse?:
    | ((response: { readonly route: string | undefined; readonly status: number }) => void)
    | undefined;
}

interface Step {
  readonly name: string;
  readonly add: (fastify: FastifyInstance, parts: PipelineParts) => void | Promise<void>;
}

/** The steps of every HTTP request, in order. */
export const pipeline: readonly Step[] = [
  {
    name: 'reject tunnels (CONNECT)',
    add: ({ server }, { connections }) => refuseTunnels(server, connections),
  },
  {
    name: 'wait for the earlier requests of the connection',
    add: (fastify, { connections }) => registerRequestOrder(fastify, connections),
  },
  { name: 'count the response', add: countResponses },
  { name: 'trace the request', add: (fastify, { trace }) => trace?.register(fastify) },
  { name: 'set the headers of the response', add: registerHeaders },
  {
    name: 'log a rejected origin',
    add: (fastify, { allowedOrigins }) => registerOriginLog(fastify, allowedOrigins),
  },
  {
    name: 'apply CORS',
    add: (fastify, { allowedOrigins }) => registerCors(fastify, allowedOrigins),
  },
  {
    name: 'reject what its headers alone rule out',
    add: (fastify, { graphqlPath, findRoutes }) =>
      registerEarlyRefusals(fastify, {
        graphqlPath,
        refuseForRoutes: createRefuseForRoutes({ findRoutes }),
      }),
  },
  {
    name: 'read the body',
    add: registerJsonBody,
  },
  {
    name: 'answer errors of HTTP',
    add: (fastify, { graphqlPath }) => registerHttpErrors(fastify, graphqlPath),
  },
  { name: 'serve health', add: registerHealth },
  { name: 'serve the page for browsers', add: registerPlaygroundAssets },
  { name: 'serve the pages of packages', add: registerPages },
  { name: 'serve the routes of packages', add: registerRoutes },
  { name: 'serve the public keys', add: registerPublicKeys },
  { name: 'serve GraphQL', add: serveGraphQL },
];

function countResponses(fastify: FastifyInstance, { onResponse }: PipelineParts): void {
  if (onResponse === undefined) return;
  fastify.addHook('onResponse', ({ routeOptions: { url } }, { statusCode: status }, next) => {
    onResponse({ route: url, status });
    next();
  });
}

function serveGraphQL(fastify: FastifyInstance, parts: PipelineParts): void {
  const { graphqlPath, shedding } = parts;
  const steps = createGraphQLSteps(parts);
  fastify.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    // Before the body is read.
    onRequest: (_request, reply, next) =>
      void (shedding.hasRoom() ? next() : shedding.refuse(reply)),
    handler(request, reply) {
      for (const step of steps) {
        const answer = step.answer(request, reply);
        if (answer !== undefined) return answer;
      }
      throw new Error('The last step answers every request.');
    },
  });
}
