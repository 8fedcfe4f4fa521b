import { toDenialResponse } from '@gatehouse/authorization';
import type { DocumentNode, GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import type { ErrorStatuses } from '../../schema/domain-errors.ts';
import { selectedFieldsOf } from '../../values/selected-fields.ts';
import { retryHeaders, statusOf } from '../errors/graphql-error.ts';

interface AnsweredError {
  readonly path?: GraphQLFormattedError['path'] | undefined;
  readonly extensions?: GraphQLFormattedError['extensions'] | undefined;
}

/** An answer and its operation. There is no operation when the document could not be parsed. */
export interface AnsweredOperation {
  readonly errors: readonly AnsweredError[] | undefined;
  readonly data: unknown;
  readonly document: DocumentNode | undefined;
  readonly operation: OperationDefinitionNode | null | undefined;
}

/** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
export const realm = 'gatehouse';

export interface StatusOptions {
  /** The statuses of the codes that domains declare. */
  readonly errorStatuses: ErrorStatuses;
}

/** The HTTP answer of an operation that failed as a whole. */
export interface FailedAnswer {
  /** The status of the decisive error. Undefined when its code has no status. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether to omit `data`, because the operation had no effect. */
  readonly omitsData: boolean;
}

/**
 * Returns the HTTP answer of an operation that failed as a whole. Undefined: the status is 200.
 *
 * A 4xx or 5xx means that the operation returned nothing and changed nothing. A query changes nothing, and a mutation
 * of one field that failed was rolled back. Fields of a mutation with several fields may have succeeded, so its
 * status is 200 and its errors say which failed.
 */
export function toFailedAnswer(
  { errors, data, document, operation }: AnsweredOperation,
  { errorStatuses }: StatusOptions,
): FailedAnswer | undefined {
  if (errors === undefined || (data !== null && data !== undefined)) return undefined;
  const isMutation = operation?.operation === 'mutation';
  const omitsData = data === null && isMutation && document !== undefined;
  if (omitsData) {
    if (selectedFieldsOf(document, operation.selectionSet).length > 1) return undefined;
    // An error below the root field was thrown after the field's own change.
    if (errors.some(({ path }) => path !== undefined && path.length > 1)) return undefined;
  }
  const refusal = errors.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  const decisive = refusal ?? errors[0];
  const status = decisive && statusOf({ extensions: decisive.extensions ?? {} }, errorStatuses);
  if (decisive === undefined || status === undefined) {
    return { status: undefined, headers: {}, omitsData };
  }
  // Without the reason: only a refusal by a guard is about the token in the header.
  const extensions = { code: decisive.extensions?.code };
  const { challenge = '' } = toDenialResponse([{ extensions }], realm);
  return {
    status,
    headers: {
      ...(status === 401 || status === 403 ? { 'www-authenticate': challenge } : {}),
      ...Object.fromEntries(retryHeaders(decisive.extensions)),
    },
    omitsData,
  };
}
