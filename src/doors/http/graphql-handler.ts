import { Readable } from 'node:stream';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import type { Asked, OperationContext } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import { pageHeaders } from '../../playground/playground.ts';
import type { Deadline } from '../../values/within-deadline.ts';
import { clientNameOf } from '../request/read-client-name.ts';
import { withTextInSearch } from '../request/with-text.ts';
import { answerTypeFor } from '../transport/answer-type.ts';
import { overHttp } from './apollo-response.ts';

type CreateContext = (
  request: FastifyRequest,
  reply: FastifyReply,
  deadline: Deadline,
) => Promise<OperationContext>;

export interface GraphQLHandlerOptions extends Pick<Operations, 'run' | 'gate'> {
  readonly apollo: ApolloServer<OperationContext>;
  readonly createContext: CreateContext;
}

/**
 * Creates the function that runs a request. It sets status and headers, and returns the body. The caller decides
 * whether to send it.
 *
 * A well-formed operation by POST needs nothing of Apollo Server. Everything else is read and answered by Apollo Server,
 * which runs operations in the same way.
 */
export function createGraphQLHandler(options: GraphQLHandlerOptions) {
  const { run, createContext } = options;
  const runByApollo = createRunByApollo(options);

  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    deadline: Deadline,
  ): Promise<string | Buffer | Readable> => {
    const posted = readPostedOperation(request);
    if (posted === undefined) {
      return runByApollo(request, reply, () => createContext(request, reply, deadline));
    }
    let context: OperationContext;
    try {
      context = await createContext(request, reply, deadline);
    } catch (error) {
      return runByApollo(request, reply, () => Promise.reject(error));
    }
    const prefer = request.headers.prefer?.toString();
    const answer = await run({
      query: posted.query,
      operationName: posted.operationName,
      variables: posted.variables,
      prefer,
      clientName: clientNameOf((name) => request.headers[name]?.toString()),
      allowedKinds: overHttp,
      context,
      toText,
    });
    reply.code(answer.status);
    reply.headers(joinVary(reply, answer.headers));
    reply.header('content-type', answerTypeFor(request.headers.accept));
    return answer.body ?? toText(answer.result);
  };
}

/** JSON in the form of Apollo Server: errors come first (GraphQL, 7.1), and a line break last. */
const toText = ({ errors, data, extensions }: ExecutionResult): string =>
  `${JSON.stringify({ errors, data, extensions })}\n`;

/** Creates the function that has Apollo Server answer a request, with the context or its error. */
const createRunByApollo =
  ({ apollo, gate }: Pick<GraphQLHandlerOptions, 'apollo' | 'gate'>) =>
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
      search:
        method === 'GET' ? withTextInSearch(new URL(url, 'http://localhost'), gate.resolveId) : '',
    };
    const response = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
    const { status, headers, body } = response;
    reply.code(status ?? 200);
    reply.headers(joinVary(reply, Object.fromEntries(headers)));
    if (headers.get('content-type') === 'text/html') reply.headers(pageHeaders);
    return body.kind === 'chunked' ? Readable.from(body.asyncIterator) : body.string;
  };

/** CORS has set `Vary` already (Fetch, 3.3.4). */
function joinVary(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const set = reply.getHeader('vary');
  const { vary } = headers;
  return set === undefined || vary === undefined
    ? headers
    : Object.assign({}, headers, { vary: `${set}, ${vary}` });
}

function toHeaderMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

type PostedOperation = Pick<Asked, 'query' | 'operationName' | 'variables'>;

/**
 * Returns the operation of a well-formed POST request (GraphQL over HTTP, 5.4) without extensions. Undefined for every
 * other request: Apollo Server answers it.
 */
function readPostedOperation({
  method,
  body,
}: Pick<FastifyRequest, 'method' | 'body'>): PostedOperation | undefined {
  if (method !== 'POST' || !isRecord(body)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== 'string' || query === '' || extensions !== null) return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  if (variables !== null && !isRecord(variables)) return undefined;
  return { query, operationName, variables };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
