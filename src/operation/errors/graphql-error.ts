import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import { ClientError, errorKindOf, errorKinds } from '../../errors.ts';
import type { ErrorStatuses } from '../../schema/domain-errors.ts';

/** Every code that a response can have: Gatehouse's own, the library's, and those of GraphQL and its server. */
export const errorCodes: readonly string[] = [
  ...Object.keys(errorKinds),
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
];

/** After how many seconds a client may ask again when an error does not say. */
const defaultRetryAfterSeconds = 1;

/**
 * Returns the HTTP status of an error by its code. Undefined for the codes of GraphQL itself, which Apollo Server maps.
 *
 * @param ofDomains the statuses of the codes that domains declare
 */
export function statusOf(
  { extensions }: Pick<GraphQLFormattedError, 'extensions'>,
  ofDomains: ErrorStatuses = {},
): number | undefined {
  const code = extensions?.code;
  const declared =
    typeof code === 'string' && Object.hasOwn(ofDomains, code) ? ofDomains[code] : undefined;
  return errorKindOf(code)?.status ?? declared;
}

/** Converts a client error to GraphQL's shape, before there is an operation to which it belongs. */
export function toGraphQLError(error: ClientError): GraphQLError {
  const facts = { ...error.facts, code: error.code };
  const http = { status: requireStatus(error), headers: retryHeaders(facts) };
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

/** Converts a client error to a whole response over HTTP. */
export function toHttpAnswer(error: ClientError): HttpAnswer {
  const { message, code, facts } = error;
  const extensions = { ...facts, code };
  return {
    status: requireStatus(error),
    headers: Object.fromEntries(retryHeaders(extensions)),
    body: JSON.stringify({ errors: [{ message, extensions }] }),
  };
}

/** The headers that an error asks for, beside the challenge of a 401 or 403 (RFC 9110, 10.2.3). */
export function retryHeaders(extensions: GraphQLFormattedError['extensions']): Map<string, string> {
  const { code, retryAfterSeconds = defaultRetryAfterSeconds } = extensions ?? {};
  const isTemporary = errorKindOf(code)?.isTemporary === true;
  return new Map(isTemporary ? [['retry-after', String(retryAfterSeconds)]] : []);
}

/** Before there is an operation, only Gatehouse's own codes occur. */
const requireStatus = ({ code }: ClientError): number =>
  statusOf({ extensions: { code } }) ?? errorKinds.INTERNAL_SERVER_ERROR.status;

/** The answer to an error that clients must not see. Created once, because it is always the same. */
export const maskedAnswer = toHttpAnswer(
  new ClientError('INTERNAL_SERVER_ERROR', 'Internal server error.'),
);
