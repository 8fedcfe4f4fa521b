import { Readable } from 'node:stream';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageHeaders } from './playground.ts';
import type { OperationContext } from './request-context.ts';

/** Creates the context of one request. */
type CreateContext = (request: FastifyRequest, reply: FastifyReply) => Promise<OperationContext>;

/**
 * Creates the function that runs a request with Apollo Server. It sets status and headers, and returns the body. The
 * caller decides whether to send it.
 */
export const createGraphQLHandler =
  (apollo: ApolloServer<OperationContext>, createContext: CreateContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<string | Readable> => {
    const { method, url, body: posted } = request;
    const httpGraphQLRequest = {
      method,
      body: posted,
      headers: toHeaderMap(request.headers),
      search: method === 'GET' ? new URL(url, 'http://localhost').search : '',
    };
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: () => createContext(request, reply),
    });
    const { status = 200, headers, body } = response;
    reply.code(status);
    for (const [name, value] of headers) {
      reply.header(name, name === 'vary' ? joinVary(reply.getHeader('vary'), value) : value);
    }
    if (headers.get('content-type') === 'text/html') reply.headers(pageHeaders);
    return body.kind === 'complete' ? body.string : Readable.from(body.asyncIterator);
  };

/** CORS has set one already (Fetch, 3.3.4). */
const joinVary = (set: ReturnType<FastifyReply['getHeader']>, added: string): string =>
  set === undefined ? added : `${set}, ${added}`;

function toHeaderMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
