import type { GraphQLFormattedError } from 'graphql';
import type { AuthorizationError } from './authorization-error.ts';
import { toPathKey } from './execution.ts';

/** At most so many refusals are listed in one answer: it must not grow with the data refused. */
export const maxListedDenials = 20;

/** An answer in the form in which it is sent. */
export interface FormattedResult {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly data?: Readonly<Record<string, unknown>> | null;
}

/** The answer to an operation that was refused before it ran. */
export function toRefusedResult(denials: readonly AuthorizationError[]) {
  return { errors: denials.slice(0, maxListedDenials).map((denial) => denial.toJSON()) };
}

/**
 * The answer to a query that was denied while it ran: a query changes nothing, so it is refused as a
 * whole. Undefined when nothing was denied.
 */
export function toDeniedResult({ errors = [] }: FormattedResult) {
  const denials = inDocumentOrder(errors.filter(isDenial));
  return denials.length === 0
    ? undefined
    : { errors: denials.slice(0, maxListedDenials), data: null };
}

/**
 * The answer to a query that runs in spite of denials (RFC 7240, `handling=lenient`): each denied path
 * is null, and told once, whatever number of list items it stands for. Other errors stay as they are.
 */
export function toLenientResult(
  result: FormattedResult,
  toldBefore: readonly AuthorizationError[],
): FormattedResult {
  const { errors = [], ...rest } = result;
  const denials = new Map<string, GraphQLFormattedError>();
  for (const denial of [...toldBefore.map((each) => each.toJSON()), ...errors.filter(isDenial)]) {
    const key = `${toPathKey(denial.path ?? [])} ${denial.extensions?.coordinate}`;
    if (!denials.has(key)) denials.set(key, denial);
  }
  if (denials.size === 0) return result;
  const listed = inDocumentOrder([...denials.values()]).slice(0, maxListedDenials);
  return { errors: [...listed, ...errors.filter((error) => !isDenial(error))], ...rest };
}

/** Whether there is anything in an answer beside nulls. */
export const hasData = ({ data }: FormattedResult): boolean =>
  Object.values(data ?? {}).some((value) => value !== null);

/** Whether an error of an answer is a refusal of this library: it alone names a coordinate. */
export const isDenial = ({ extensions }: GraphQLFormattedError): boolean =>
  (extensions?.code === 'UNAUTHENTICATED' || extensions?.code === 'FORBIDDEN') &&
  typeof extensions.coordinate === 'string';

/** By place in the document and then by list index: the executor's own order follows its timing. */
function inDocumentOrder(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
  return [...errors].sort((left, right) => {
    const [one, other] = [left.locations?.[0], right.locations?.[0]];
    const byPlace =
      (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
    return byPlace || compareIndices(left.path ?? [], right.path ?? []);
  });
}

function compareIndices(
  left: readonly (string | number)[],
  right: readonly (string | number)[],
): number {
  const index = left.findIndex((step, position) => step !== right[position]);
  const [one, other] = [left[index], right[index]];
  return typeof one === 'number' && typeof other === 'number' ? one - other : 0;
}
