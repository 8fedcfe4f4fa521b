import type { GraphQLFormattedError } from 'graphql';
import { toPathKey } from './execution.ts';

/** At most so many refusals are listed in one answer: it must not grow with the data refused. */
export const maxListedDenials = 20;

/** What is read of an error here: those of graphql-js have it, and those in the form that is sent. */
export interface ListedError {
  readonly path?: GraphQLFormattedError['path'] | undefined;
  readonly locations?: GraphQLFormattedError['locations'] | undefined;
  readonly extensions?: GraphQLFormattedError['extensions'] | undefined;
}

/** An answer, with errors of either form. */
export interface ListedResult<TError extends ListedError> {
  readonly errors?: readonly TError[];
  readonly data?: Readonly<Record<string, unknown>> | null;
}

/**
 * The answer to a query that was denied while it ran: a query changes nothing, so it is refused as a
 * whole. Undefined when nothing was denied.
 */
export function toDeniedResult<TError extends ListedError>({
  errors = [],
}: ListedResult<TError>): { readonly errors: readonly TError[]; readonly data: null } | undefined {
  const denials = listDenials(errors.filter(isDenial));
  return denials.length === 0 ? undefined : { errors: denials, data: null };
}

/**
 * The errors of an answer that keeps its data, with at most {@link maxListedDenials} denials among them:
 * these first and in document order, then all other errors. For mutations and events of subscriptions.
 * Only what sends an answer can do this: graphql-js lists every error that a resolver throws.
 */
export function limitDenials<TError extends ListedError>(
  errors: readonly TError[],
): readonly TError[] {
  return [...listDenials(errors.filter(isDenial)), ...errors.filter((error) => !isDenial(error))];
}

/** The denials that an answer lists: the first {@link maxListedDenials} in document order. */
export const listDenials = <TError extends ListedError>(
  denials: readonly TError[],
): readonly TError[] => inDocumentOrder(denials).slice(0, maxListedDenials);

/**
 * The answer to a query that runs in spite of denials (RFC 7240, `handling=lenient`): each denied path
 * is null, and told once, whatever number of list items it stands for. Other errors stay as they are.
 */
export function toLenientResult<TError extends ListedError>(
  result: ListedResult<TError>,
  toldBefore: readonly TError[],
): ListedResult<TError> {
  const { errors = [], ...rest } = result;
  const denials = new Map<string, TError>();
  for (const denial of [...toldBefore, ...errors.filter(isDenial)]) {
    const key = `${toPathKey(denial.path ?? [])} ${denial.extensions?.coordinate}`;
    if (!denials.has(key)) denials.set(key, denial);
  }
  if (denials.size === 0) return result;
  const others = errors.filter((error) => !isDenial(error));
  const told = { errors: limitDenials([...denials.values(), ...others]), ...rest };
  return standsInSpite(rest.data, toldBefore) ? { ...told, data: null } : told;
}

/**
 * Whether a denied root field has a value all the same. Only `__typename` can: it has no resolver that
 * would withhold it, and since it may not be null, nothing is left of an answer without it.
 */
function standsInSpite(data: ListedResult<ListedError>['data'], denials: readonly ListedError[]) {
  const values = new Map(Object.entries(data ?? {}));
  return denials.some(({ path: [key, ...below] = [] }) => {
    const value = below.length === 0 ? values.get(String(key)) : null;
    return value !== null && value !== undefined;
  });
}

/** Whether there is anything in an answer beside nulls. */
export const hasData = (data: ListedResult<ListedError>['data']): boolean =>
  Object.values(data ?? {}).some((value) => value !== null);

/** Whether an error of an answer is a refusal of this library: it alone names a coordinate. */
export const isDenial = ({ extensions }: ListedError): boolean =>
  (extensions?.code === 'UNAUTHENTICATED' || extensions?.code === 'FORBIDDEN') &&
  typeof extensions.coordinate === 'string';

/** By place in the document and then by path: the executor's own order follows its timing. */
function inDocumentOrder<TError extends ListedError>(errors: readonly TError[]): TError[] {
  return [...errors].sort((left, right) => {
    const [one, other] = [left.locations?.[0], right.locations?.[0]];
    const byPlace =
      (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
    return byPlace || comparePaths(left.path ?? [], right.path ?? []);
  });
}

function comparePaths(
  left: readonly (string | number)[],
  right: readonly (string | number)[],
): number {
  const index = left.findIndex((step, position) => step !== right[position]);
  const [one, other] = [left[index], right[index]];
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : String(one).localeCompare(String(other), 'en');
}
