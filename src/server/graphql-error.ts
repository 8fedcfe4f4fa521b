import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { ErrorStatuses } from '../composition/domain-errors.ts';
import type { ClientError, ErrorCode } from '../errors.ts';

/** The HTTP status of each of Gatehouse's own codes. Those of a project's codes stand in its domains. */
const httpStatus = {
  BAD_USER_INPUT: 400,
  BODY_TOO_LARGE: 413,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  OPERATION_TOO_LARGE: 400,
  CONFLICT: 409,
  EVENTS_LOST: 503, // never over HTTP: it ends a subscription
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
  PERSISTED_QUERY_NOT_SUPPORTED: 400, // Apollo Server's own status would be 200
} as const satisfies Record<ErrorCode, number>;

/** Every code that an answer can bear: the table's, the library's, and those of GraphQL and its server. */
export const errorCodes: readonly string[] = [
  ...Object.keys(httpStatus),
  ...['BAD_REQUEST', 'OPERATION_TOO_COMPLEX', 'OPERATION_RESOLUTION_FAILURE'],
  ...['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'],
];

/** After how many seconds a client may ask again when an error does not say. */
const defaultRetryAfterSeconds = 1;

/**
 * The status for an error's code; undefined for the codes of GraphQL itself, which Apollo maps.
 *
 * @param ofDomains the statuses of the codes that domains declare
 */
export function statusOf(
  { extensions }: Pick<GraphQLFormattedError, 'extensions'>,
  ofDomains: ErrorStatuses = {},
): number | undefined {
  const code = extensions?.code;
  if (isOwn(code)) return httpStatus[code];
  return typeof code === 'string' && Object.hasOwn(ofDomains, code) ? ofDomains[code] : undefined;
}

/** Before there is an operation only Gatehouse's own codes are told. */
const statusOfOwn = (code: string): number =>
  isOwn(code) ? httpStatus[code] : httpStatus.INTERNAL_SERVER_ERROR;

/** A client error in GraphQL's shape, before there is an operation that it could belong to. */
export function toGraphQLError(error: ClientError): GraphQLError {
  const facts = { ...error.facts, code: error.code };
  const http = { status: statusOfOwn(error.code), headers: retryHeaders(facts) };
  const extensions: Record<string, unknown> = { ...facts, http };
  return new GraphQLError(error.message, { originalError: error, extensions });
}

/** Anything thrown, as an error of graphql-js that has it as its cause. */
export const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('The operation failed.', {
        originalError: error instanceof Error ? error : new Error(String(error)),
      });

/** An answer over HTTP where no operation is run. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, in GraphQL's shape. */
  readonly body: string;
}

/** A client error as a whole answer over HTTP. */
export function toHttpAnswer({ message, code, facts }: ClientError): HttpAnswer {
  const extensions = { ...facts, code };
  return {
    status: statusOfOwn(code),
    headers: Object.fromEntries(retryHeaders(extensions)),
    body: JSON.stringify({ errors: [{ message, extensions }] }),
  };
}

/** The headers that an error asks for, beside the challenge of a 401 or 403 (RFC 9110, 10.2.3). */
export function retryHeaders(extensions: GraphQLFormattedError['extensions']): Map<string, string> {
  const { code, retryAfterSeconds = defaultRetryAfterSeconds } = extensions ?? {};
  const isWorthRetrying = code === 'SERVICE_UNAVAILABLE' || code === 'RATE_LIMITED';
  return new Map(isWorthRetrying ? [['retry-after', String(retryAfterSeconds)]] : []);
}

const isOwn = (code: unknown): code is keyof typeof httpStatus =>
  typeof code === 'string' && Object.hasOwn(httpStatus, code);
