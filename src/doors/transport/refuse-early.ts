import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toErrorBody } from './http-errors.ts';
import {
  graphqlMethods,
  type Refusal,
  refuseGraphQLRequest,
  refuseRequest,
} from './request-refusal.ts';

/** The maximum size of a refused request's body that is read and dropped. For a longer one the connection ends. */
const maxDroppedBytes = 100_000;

export interface EarlyRefusalOptions {
  readonly graphqlPath: string;
  /** Returns why no route of a package takes a request for its path. Undefined: one may, or it is for another path. */
  readonly refuseForRoutes: (request: FastifyRequest) => Refusal | undefined;
}

/** Refuses requests that are invalid HTTP, or invalid for what they are for, before their body is read. */
export function registerEarlyRefusals(
  fastify: FastifyInstance,
  { graphqlPath, refuseForRoutes }: EarlyRefusalOptions,
): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    // Checked by the route too, which also matches other spellings of the path, such as %67 for g.
    const isGraphQL =
      pathOf(request.url) === graphqlPath || request.routeOptions.url === graphqlPath;
    const refusal =
      refuseRequest(request) ??
      (isGraphQL ? refuseGraphQLRequest(request) : refuseForRoutes(request));
    if (refusal === undefined) return next();
    const { 'content-length': length = '0', 'transfer-encoding': transfer } = request.headers;
    const { status, message, headers = {} } = refusal;
    if (transfer !== undefined || Number(length) > maxDroppedBytes || status === 505) {
      reply.header('connection', 'close');
    }
    reply.code(status).headers(headers).send(toErrorBody('BAD_REQUEST', message));
  });

  // Node.js would answer 417 without a body.
  fastify.server.on('checkExpectation', (request, response) => fastify.routing(request, response));

  fastify.options(graphqlPath, async (_request, reply) =>
    reply.code(204).header('allow', graphqlMethods).send(),
  );
}

const pathOf = (url: string): string => url.replace(/\?.*$/s, '');
