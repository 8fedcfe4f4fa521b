import type { Refusal } from '../../decision/decision.ts';
import { groupBy } from '../../decision/group-by.ts';
import { OperationTooComplexError } from '../../plan/operation-too-complex-error.ts';
import type { ReferencedId } from '../../plan/referenced-ids.ts';
import { joinDemands } from '../../requirements/requirement.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  type DenialPlace,
  toDenialExtensions,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { MissingRowError } from '../calls/missing-row-error.ts';
import { createCheckPlaces, type NamedRow, type PlacedCall } from '../places/check-places.ts';
import type { RowRequest } from '../rows/compile-rows.ts';
import type { FoundRows } from './read-alike.ts';
import type { RowReader } from './row-reader.ts';

/** The maximum number of ids of one operation that are read before it runs. */
const maxReferencedIds = 1_000;

/** An id, and the field in whose arguments it is. */
export interface PlacedId extends ReferencedId {
  readonly place: DenialPlace;
}

/** The rows that ids name, and the errors of those that name none. */
export interface CheckedReferences {
  readonly errors: readonly (AuthorizationError | MissingRowError)[];
  /** Returns the row that an id names. */
  rowOf(id: ReferencedId): unknown;
  /** Returns the same with the name of its object type. */
  namedRow(id: ReferencedId): NamedRow;
}

/**
 * Reads the rows that ids name, each type once, and returns an error for each coordinate and path whose id names none that
 * exists for the viewer. If there are none, it returns the refusals of rows whose rules ask for another proof of identity,
 * or else those of the policies in `rows` of `@references`, and of the places that clauses of the calls ask for. Where such
 * a rule is known by the type that an id names, nothing is read.
 *
 * @throws {OperationTooComplexError} by rejecting, and the error of a read.
 */
export type CheckReferences<TContext> = (
  ids: readonly PlacedId[],
  call: RowRequest<TContext>,
  placed?: readonly PlacedCall<PlacedId>[],
) => Promise<CheckedReferences>;

export function createCheckReferences<TContext>(
  decider: Decider<TContext>,
  reader: RowReader<TContext>,
): CheckReferences<TContext> {
  const checkPlaces = createCheckPlaces(decider);

  async function refusalOf(
    { reference, coordinate, argument, place }: PlacedId,
    row: unknown,
    context: TContext,
  ) {
    const { rows } = reference;
    if (rows.length === 0) return undefined;
    const clause = { requires: [], or: rows, rows };
    const viewer = decider.viewerOf(context);
    if (!viewer.isAuthenticated) {
      const { reason } = viewer;
      return createAuthorizationError(
        toDenialExtensions(coordinate, { outcome: 'unauthenticated', reason }),
        place,
      );
    }
    const question = { coordinate, row, context };
    if (await decider.policies.admitsToRow([clause], viewer, question)) return undefined;
    const denial = toDenialExtensions(coordinate, { outcome: 'forbidden', unmet: [clause] });
    return createAuthorizationError({ ...denial, argument }, place);
  }

  return async (ids, call, placed = []) => {
    if (ids.length > maxReferencedIds) {
      const message = `The operation has more than ${maxReferencedIds} ids of rows.`;
      throw new OperationTooComplexError(message);
    }
    const { context } = call;
    const before = unprovenIds(ids, ({ reference }) => reader.refusalOf(reference.typeName, call));
    const found = before.length > 0 ? noneFound : await readByType(reader, ids, context);
    const rowOf = ({ reference, id }: ReferencedId) => found.get(reference.typeName)?.(id);
    const namedRow = (id: ReferencedId): NamedRow => {
      const row = rowOf(id);
      return { row, typeName: reader.typeOf(id.reference.typeName, row) };
    };
    const rows = { rowOf, namedRow };
    if (before.length > 0) return { errors: onceAPlace(before), ...rows };
    const missing = ids.filter((each) => rowOf(each) === undefined);
    if (missing.length > 0) {
      const errors = missing.map((each) => new MissingRowError(each, each.place));
      return { errors: onceAPlace(errors), ...rows };
    }
    const unproven = unprovenIds(ids, (each) =>
      reader.refusalOf(reader.typeOf(each.reference.typeName, rowOf(each)), call),
    );
    if (unproven.length > 0) return { errors: onceAPlace(unproven), ...rows };
    const refusals = await Promise.all(ids.map((each) => refusalOf(each, rowOf(each), context)));
    const ofPlaces = await checkPlaces(placed, namedRow, context);
    const errors = [...refusals.filter((each) => each !== undefined), ...ofPlaces];
    return { errors: onceAPlace(errors), ...rows };
  };
}

const noneFound: ReadonlyMap<string, FoundRows> = new Map();

/** Returns the refusals of ids. Each has what all of them ask: one new proof is then enough. */
function unprovenIds(
  ids: readonly PlacedId[],
  refusalOf: (id: PlacedId) => Refusal | undefined,
): readonly AuthorizationError[] {
  const refused = ids.flatMap((id) => {
    const refusal = refusalOf(id);
    return refusal?.outcome === 'unproven' ? [{ id, refusal }] : [];
  });
  const demanded = joinDemands(refused.map(({ refusal }) => refusal));
  return refused.map(({ id: { coordinate, argument, place }, refusal }) => {
    const denial = toDenialExtensions(coordinate, { ...refusal, ...demanded });
    return createAuthorizationError({ ...denial, argument }, place);
  });
}

async function readByType<TContext>(
  reader: RowReader<TContext>,
  ids: readonly PlacedId[],
  context: TContext,
): Promise<ReadonlyMap<string, FoundRows>> {
  const byType = groupBy(ids, ({ reference }) => reference.typeName);
  const found = [...byType].map(async ([typeName, named]) => {
    const rows = await reader.find(
      typeName,
      named.map(({ id }) => id),
      context,
    );
    return [typeName, rows] as const;
  });
  return new Map(await Promise.all(found));
}

/** Returns the first error of each coordinate and path. */
function onceAPlace<TError extends AuthorizationError | MissingRowError>(
  errors: readonly TError[],
): readonly TError[] {
  const byPlace = new Map<string, TError>();
  for (const error of errors) {
    const key = JSON.stringify([error.extensions.coordinate, error.path]);
    if (!byPlace.has(key)) byPlace.set(key, error);
  }
  return [...byPlace.values()];
}
