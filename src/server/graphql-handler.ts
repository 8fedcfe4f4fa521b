import { Readable } from 'node:stream';
import { HeaderMap, type HTTPGraphQLHead } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentCache } from '../admission/document-cache.ts';
import type { Operations } from './create-apollo.ts';
import { createContentTypes } from './known/content-types.ts';
import { findKnown } from './known/find-known.ts';
import { pageHeaders } from './playground.ts';
import type { OperationContext } from './request-context.ts';

/** Creates the context of one request. */
type CreateContext = (request: FastifyRequest, reply: FastifyReply) => Promise<OperationContext>;

export interface GraphQLHandlerOptions extends Operations {
  readonly documents: DocumentCache;
  readonly createContext: CreateContext;
}

/**
 * Creates the function that runs a request. It sets status and headers, and returns the body. The caller decides
 * whether to send it.
 *
 * Apollo Server answers the first request for a document and everything unusual; documents that it has validated are
 * run without it, which takes less time.
 */
export function createGraphQLHandler(options: GraphQLHandlerOptions) {
  const { runKnown, documents, createContext } = options;
  const contentTypes = createContentTypes();
  const runByApollo = createRunByApollo(options, contentTypes);

  return async (request: FastifyRequest, reply: FastifyReply): Promise<string | Readable> => {
    const contentType = contentTypes.of(request.headers.accept);
    const known = contentType === undefined ? undefined : findKnown(request, documents);
    if (contentType === undefined || known === undefined) {
      return runByApollo(request, reply, () => createContext(request, reply));
    }
    try {
      const { http, body } = await runKnown(known, await createContext(request, reply));
      setHead(reply, http);
      reply.header('content-type', http.headers.get('content-type') ?? contentType);
      return body;
    } catch (error) {
      return runByApollo(request, reply, () => Promise.reject(error));
    }
  };
}

/** Creates the function that has Apollo Server answer a request, with the context or its error. */
const createRunByApollo =
  ({ apollo }: Pick<Operations, 'apollo'>, contentTypes: ReturnType<typeof createContentTypes>) =>
  async (
    request: FastifyRequest,
    reply: FastifyReply,
    context: () => Promise<OperationContext>,
  ): Promise<string | Readable> => {
    const { method, url, body: posted } = request;
    const httpGraphQLRequest = {
      method,
      body: posted,
      headers: toHeaderMap(request.headers),
      search: method === 'GET' ? new URL(url, 'http://localhost').search : '',
    };
    const response = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
    const { status, headers, body } = response;
    setHead(reply, response);
    const contentType = headers.get('content-type');
    if (contentType === 'text/html') reply.headers(pageHeaders);
    if (body.kind === 'chunked') return Readable.from(body.asyncIterator);
    if (method === 'POST' && contentType !== undefined && status !== notAcceptable) {
      contentTypes.learn(request.headers.accept, contentType);
    }
    return body.string;
  };

/** The client accepts no JSON (RFC 9110, 15.5.7). The answer has a type that it does not accept. */
const notAcceptable = 406;

function setHead(reply: FastifyReply, { status = 200, headers }: HTTPGraphQLHead): void {
  reply.code(status);
  for (const [name, value] of headers) {
    reply.header(name, name === 'vary' ? joinVary(reply.getHeader('vary'), value) : value);
  }
}

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
