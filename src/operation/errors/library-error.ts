import { type GraphQLError, isValueNode, Kind } from 'graphql';
import { RequestError } from './request-error.ts';
import { toSyntaxError } from './syntax-error.ts';

/**
 * Replaces an error by which graphql-js or Apollo Server blames the request. Only its code and its node are read,
 * because its message can quote the request.
 *
 * @param maxTokens the maximum number of tokens in a document. Undefined when the host sets its own limit.
 */
export function fromLibraryError(error: GraphQLError, maxTokens?: number): RequestError {
  const { code, http } = error.extensions;
  if (code === 'GRAPHQL_PARSE_FAILED') return toSyntaxError(error, maxTokens);
  if (code === 'BAD_REQUEST')
    return new RequestError(code, badRequests[statusOf(http)] ?? badRequest);
  if (typeof code === 'string' && Object.hasOwn(persistedQueries, code))
    return new RequestError(code, persistedQueries[code] ?? badRequest);
  if (typeof code === 'string' && code !== 'BAD_USER_INPUT' && code !== 'INTERNAL_SERVER_ERROR') {
    return new RequestError(code, 'The request is not valid.');
  }
  return toBadInput(error);
}

/** Clients of persisted queries look for exactly these messages, and then send the document. */
const persistedQueries: Readonly<Record<string, string>> = {
  PERSISTED_QUERY_NOT_FOUND: 'PersistedQueryNotFound',
  PERSISTED_QUERY_NOT_SUPPORTED: 'PersistedQueryNotSupported',
};

/** graphql-js finds some invalid values only while it runs an operation. */
function toBadInput({ nodes }: GraphQLError): RequestError {
  const [node] = nodes ?? [];
  if (node?.kind === Kind.VARIABLE) {
    const argument = node.name.value;
    const message = `The variable "$${argument}" does not match the type where it is used.`;
    return new RequestError('BAD_USER_INPUT', message, { facts: { argument } });
  }
  const isValue = node !== undefined && isValueNode(node);
  return new RequestError(
    'BAD_USER_INPUT',
    isValue ? 'A value does not match its type.' : 'The request is not valid.',
  );
}

/** Messages for requests that Apollo Server refuses before it knows the operation, by HTTP status. */
const badRequests: Readonly<Record<number, string>> = {
  405: 'Send queries by GET or POST, and mutations by POST.',
  415: 'The header Content-Type of a GET request must be absent or application/json.',
};

const badRequest =
  'The request is malformed. Send one operation, as JSON with `query` and optionally `operationName`, `variables` and ' +
  '`extensions`. A GET request needs a header such as `apollo-require-preflight: true`.';

const statusOf = (http: unknown): number =>
  typeof http === 'object' && http !== null && 'status' in http ? Number(http.status) : 400;
