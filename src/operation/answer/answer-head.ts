import { isProofReason, toDenialResponse } from '@graphql-gatehouse/authorization';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { isOutcomeUnknown, isReadNotRecorded } from '../../errors.ts';
import type { ErrorStatuses } from '../../schema/domain-errors.ts';
import { selectedFieldsOf } from '../../values/selected-fields.ts';
import type { Begun } from '../admitted.ts';
import type { Answer } from '../asked.ts';
import { retryHeaders, statusOf } from '../errors/graphql-error.ts';

/** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
const realm = 'gatehouse';

export interface StatusOptions {
  /** The statuses of the codes that domains declare. */
  readonly errorStatuses: ErrorStatuses;
}

/** A result in the form for clients, and what decides about its status. */
export interface Finished {
  readonly result: ExecutionResult;
  /** Refuse the operation as a whole. */
  readonly denials: readonly GraphQLError[];
  readonly headers: Readonly<Record<string, string>>;
  /** The status when no error has one of its own. Absent: 400 without data, and otherwise 200. */
  readonly status?: number | undefined;
}

/** There is no document when the text could not be parsed. */
type ReadOperation = Pick<Begun, 'document' | 'operation' | 'asked'>;

/** The status and headers of an answer, and its result, without data when it had no effect. */
export function toHead(
  { result, denials, headers, status: fallback }: Finished,
  read: ReadOperation,
  options: StatusOptions,
): Pick<Answer, 'status' | 'headers' | 'result'> {
  const { errors, data } = result;
  const failed = toFailedAnswer(result, read, options);
  const refusal = denials.length === 0 ? undefined : toDenialResponse(denials, realm);
  const isWithoutData = errors !== undefined && data === undefined;
  return {
    status: failed?.status ?? refusal?.status ?? fallback ?? (isWithoutData ? 400 : 200),
    // The challenge of a refusal is more specific.
    headers: Object.assign(
      {},
      headers,
      failed?.headers,
      refusal?.challenge && { 'www-authenticate': refusal.challenge },
    ),
    result: failed?.omitsData === true && errors !== undefined ? { errors } : result,
  };
}

/** The HTTP answer of an operation that failed as a whole. */
interface FailedAnswer {
  /** The status of the decisive error. Undefined when its code has no status. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether to omit `data`, because the operation had no effect. */
  readonly omitsData: boolean;
}

/**
 * Returns the HTTP answer of an operation that failed as a whole. Undefined: the status is 200.
 *
 * A 4xx or 5xx means that the operation returned nothing and changed nothing, but for OUTCOME_UNKNOWN. A query changes
 * nothing, and a mutation of one field that failed was rolled back, unless it failed after its change. Fields of a
 * mutation with several fields may have succeeded, so its status is 200 and its errors say which failed.
 */
function toFailedAnswer(
  { errors, data }: ExecutionResult,
  { document, operation, asked }: ReadOperation,
  { errorStatuses }: StatusOptions,
): FailedAnswer | undefined {
  if (errors === undefined || (data !== null && data !== undefined)) return undefined;
  const isMutation = operation?.operation === 'mutation';
  const isUndelivered = ({ extensions }: GraphQLError): boolean =>
    isReadNotRecorded(extensions) || (data === null && extensions.code === 'OPERATION_TOO_COMPLEX');
  const isDone =
    errors.some(isUndelivered) ||
    (asked.context.rights.hasCommitted() && !errors.some(isOutcomeUnknown));
  if (isMutation && isDone) return { status: 200, headers: {}, omitsData: false };
  const omitsData = data === null && isMutation && document !== undefined;
  if (omitsData) {
    if (selectedFieldsOf(document, operation.selectionSet).length > 1) return undefined;
    // An error below the root field was thrown after the field's own change.
    if (errors.some(({ path }) => path !== undefined && path.length > 1)) return undefined;
  }
  const refusal = errors.find(({ extensions }) => extensions.code === 'UNAUTHENTICATED');
  const decisive = refusal ?? errors[0];
  const status = decisive && statusOf(decisive, errorStatuses);
  if (decisive === undefined || status === undefined) {
    return { status: undefined, headers: {}, omitsData };
  }
  // Only a refusal by a guard is about the token in the header. So is a missing proof, also where a resolver refuses.
  const { code } = decisive.extensions;
  const extensions = isProofReason(decisive.extensions.reason) ? decisive.extensions : { code };
  const { challenge = '' } = toDenialResponse([{ extensions }], realm);
  return {
    status,
    headers: Object.assign(
      {},
      (status === 401 || status === 403) && { 'www-authenticate': challenge },
      Object.fromEntries(retryHeaders(decisive.extensions)),
    ),
    omitsData,
  };
}
