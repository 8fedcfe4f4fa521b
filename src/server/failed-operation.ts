import { toDenialResponse } from '@gatehouse/authorization';
import type { DocumentNode, GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import { rootFieldsOf } from '../admission/root-fields.ts';
import type { ErrorStatuses } from '../composition/domain-errors.ts';
import { retryHeaders, statusOf } from './graphql-error.ts';

interface AnsweredError {
  readonly path?: GraphQLFormattedError['path'] | undefined;
  readonly extensions?: GraphQLFormattedError['extensions'] | undefined;
}

/** An answer, and the operation that it is of; none when the document could not be read. */
export interface AnsweredOperation {
  readonly errors: readonly AnsweredError[] | undefined;
  readonly data: unknown;
  readonly document: DocumentNode | undefined;
  readonly operation: OperationDefinitionNode | null | undefined;
}

/** What statuses and challenges are made with. */
export interface StatusOptions {
  /** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
  readonly realm: string;
  /** The statuses of the codes that domains declare. */
  readonly errorStatuses: ErrorStatuses;
}

/** What an operation that failed as a whole answers with over HTTP. */
export interface FailedAnswer {
  /** The status of the decisive error; undefined when its code has none here. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `data` is left out: nothing was done. */
  readonly omitsData: boolean;
}

/**
 * Tells what an operation that failed as a whole answers with, in place of 200; undefined when it did not.
 *
 * Only where nothing came out and nothing was done: a 4xx or 5xx means that. A query changes nothing.
 * A mutation of one field that failed was undone by its transaction; of a mutation of several, some
 * may have been done, so it stays 200 and the errors tell.
 */
export function toFailedAnswer(
  { errors, data, document, operation }: AnsweredOperation,
  { realm, errorStatuses }: StatusOptions,
): FailedAnswer | undefined {
  if (errors === undefined || (data !== null && data !== undefined)) return undefined;
  const isMutation = operation?.operation === 'mutation';
  const omitsData = data === null && isMutation && document !== undefined;
  if (omitsData) {
    if (rootFieldsOf(document, operation.selectionSet).length > 1) return undefined;
    // An error below the root field came after it, of an answer to what has been done.
    if (errors.some(({ path }) => path !== undefined && path.length > 1)) return undefined;
  }
  const refusal = errors.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  const decisive = refusal ?? errors[0];
  const status = decisive && statusOf({ extensions: decisive.extensions ?? {} }, errorStatuses);
  if (decisive === undefined || status === undefined) {
    return { status: undefined, headers: {}, omitsData };
  }
  // Without the reason: an error that is no refusal of a guard speaks of no token in the header.
  const extensions = { code: decisive.extensions?.code };
  const { challenge } = toDenialResponse([{ extensions }], realm);
  return {
    status,
    headers: {
      ...(status === 401 || status === 403 ? { 'www-authenticate': challenge } : {}),
      ...Object.fromEntries(retryHeaders(decisive.extensions)),
    },
    omitsData,
  };
}
