import type { GraphQLFormattedError } from 'graphql';
import { isProofReason } from '../../decision/unproven.ts';
import { toPathKey } from '../calls/execution.ts';
import { maxListedDenials } from '../calls/max-listed-denials.ts';

/** The properties that a `GraphQLError` and its serialized form share. */
export interface ListedError {
  readonly path?: GraphQLFormattedError['path'] | undefined;
  readonly locations?: GraphQLFormattedError['locations'] | undefined;
  readonly extensions?: GraphQLFormattedError['extensions'] | undefined;
}

/** An answer with errors in either form. */
export interface ListedResult<TError extends ListedError> {
  readonly errors?: readonly TError[];
  readonly data?: Readonly<Record<string, unknown>> | null;
}

/**
 * Converts the result of a query with denials to an answer without data: a query has no effects, so it can be
 * refused as a whole after it ran. Refusals by groups and policies go before those of proofs of identity, which are then
 * left out. Returns undefined when nothing was denied.
 */
export function toDeniedResult<TError extends ListedError>({
  errors = [],
}: ListedResult<TError>): { readonly errors: readonly TError[] } | undefined {
  const denials = listDenials(firstStep(errors.filter(isDenial)));
  return denials.length === 0 ? undefined : { errors: denials };
}

/** Returns the refusals of the first step that refuses, in the order of decisions. */
function firstStep<TError extends ListedError>(denials: readonly TError[]): readonly TError[] {
  const byRights = denials.filter(({ extensions }) => !isProofReason(extensions?.reason));
  return byRights.length > 0 ? byRights : denials;
}

/**
 * Limits the errors of an answer that keeps its data to {@link maxListedDenials} denials: these first and in
 * document order, then all other errors. For mutations and events of subscriptions.
 * Hosts call it on the result, since graphql-js lists every error that a resolver throws.
 */
export function limitDenials<TError extends ListedError>(
  errors: readonly TError[],
): readonly TError[] {
  return [...listDenials(errors.filter(isDenial)), ...errors.filter((error) => !isDenial(error))];
}

/** Returns the first {@link maxListedDenials} denials in document order. */
export const listDenials = <TError extends ListedError>(
  denials: readonly TError[],
): readonly TError[] => inDocumentOrder(denials).slice(0, maxListedDenials);

/**
 * Converts the result of a query that ran in spite of denials (RFC 7240, `handling=lenient`). Each denied path is
 * null and is listed once, however many list items it covers. Other errors are unchanged.
 */
export function toLenientResult<TError extends ListedError>(
  result: ListedResult<TError>,
  reportedBefore: readonly TError[],
): ListedResult<TError> {
  const { errors = [], ...rest } = result;
  const denials = new Map<string, TError>();
  // Of a list, that of the first item: which one is reported first depends on when policies answer.
  for (const denial of [...reportedBefore, ...inDocumentOrder(errors.filter(isDenial))]) {
    const key = `${toPathKey(denial.path ?? [])} ${denial.extensions?.coordinate}`;
    if (!denials.has(key)) denials.set(key, denial);
  }
  if (denials.size === 0) return result;
  const others = errors.filter((error) => !isDenial(error));
  const lenient = { errors: limitDenials([...denials.values(), ...others]), ...rest };
  return hasDeniedValue(rest.data, reportedBefore) ? { ...lenient, data: null } : lenient;
}

/**
 * Whether a denied root field has a value. Only `__typename` can have one: it has no resolver to guard. Since it
 * must not be null, the whole data becomes null.
 */
function hasDeniedValue(data: ListedResult<ListedError>['data'], denials: readonly ListedError[]) {
  const values = new Map(Object.entries(data ?? {}));
  return denials.some(({ path: [key, ...below] = [] }) => {
    const value = below.length === 0 ? values.get(String(key)) : null;
    return value !== null && value !== undefined;
  });
}

/** Whether any root field of an answer is not null. */
export const hasData = (data: ListedResult<ListedError>['data']): boolean =>
  Object.values(data ?? {}).some((value) => value !== null);

/** Whether an error is a refusal of this library: only these have a coordinate. */
export const isDenial = ({ extensions }: ListedError): boolean =>
  refusalCodes.has(extensions?.code) && typeof extensions?.coordinate === 'string';

const refusalCodes: ReadonlySet<unknown> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);

/** Sorts by place in the document and then by path: the executor's order depends on timing. */
function inDocumentOrder<TError extends ListedError>(errors: readonly TError[]): TError[] {
  return [...errors].sort((left, right) => {
    const [one, other] = [left.locations?.[0], right.locations?.[0]];
    const byPlace =
      (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
    return byPlace || comparePaths(left.path ?? [], right.path ?? []);
  });
}

/** A total order, whatever the order of the errors was: a path goes before those that it begins. */
function comparePaths(
  left: readonly (string | number)[],
  right: readonly (string | number)[],
): number {
  const index = left.findIndex((step, position) => step !== right[position]);
  if (index === -1) return left.length - right.length;
  const [one = '', other] = [left[index], right[index]];
  if (other === undefined) return 1;
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}
