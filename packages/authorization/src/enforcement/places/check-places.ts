import { placePolicies } from '../../requirements/places.ts';
import type { PlacedClause } from '../../requirements/requirement.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  type DenialPlace,
  toDenialExtensions,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { MaybePromise } from '../calls/field-call.ts';

/** An id of a call. */
interface NamedId {
  readonly argument: string;
}

/** A clause that the rows decide which one call of a field names. */
export interface PlacedCall<Id extends NamedId = NamedId> {
  readonly clause: PlacedClause;
  /** Where the clause stands. */
  readonly coordinate: string;
  /** The ids of the call whose rows count. */
  readonly ids: readonly Id[];
  /** The parent of the field, if its place counts too. */
  readonly parent?: readonly NamedRow[];
  /** Whether one of them must name a row in such a place: there is no other one, as that of the parent. */
  readonly needsRow: boolean;
  readonly place: DenialPlace;
  /** Asks the policies in `or` of the clause. */
  readonly admits: () => MaybePromise<boolean>;
}

/** A row that an id names, and the name of its object type. */
export interface NamedRow {
  readonly row: unknown;
  readonly typeName: string;
}

/**
 * Decides the clauses of calls by the places of the rows that their ids name: in one place of each row that is in any, the
 * viewer must hold one of the groups. A call that names no such row is refused, unless it has another place.
 */
export function createCheckPlaces<TContext>({
  policies,
  requirements,
  viewerOf,
}: Decider<TContext>) {
  const { places } = requirements;

  /** Whether the viewer holds a group in a place of a row. Undefined: the row is in none. */
  async function holds(
    { clause, coordinate }: Pick<PlacedCall, 'clause' | 'coordinate'>,
    { row, typeName }: NamedRow,
    context: TContext,
  ): Promise<boolean | undefined> {
    const asked = placePolicies(places, typeName, clause);
    if (asked.length === 0) return undefined;
    const question = { coordinate, row, context };
    const viewer = viewerOf(context);
    const answers = await Promise.all(
      asked.map(({ name }) => policies.admitsRow(name, viewer, question)),
    );
    return answers.includes(true);
  }

  async function refusalOf<Id extends NamedId>(
    call: PlacedCall<Id>,
    rowOf: (id: Id) => NamedRow,
    context: TContext,
  ): Promise<AuthorizationError | undefined> {
    const { clause, coordinate, ids, parent, needsRow, place } = call;
    const rows = [...(parent ?? []), ...ids.map(rowOf)];
    const answers = await Promise.all(rows.map((row) => holds(call, row, context)));
    const isNamed = answers.some((answer) => answer !== undefined) || !needsRow;
    if ((isNamed && !answers.includes(false)) || (await call.admits())) return undefined;
    const refused = ids[answers.indexOf(false) - (rows.length - ids.length)];
    const denial = toDenialExtensions(coordinate, { outcome: 'forbidden', unmet: [clause] });
    const within = denial.within && {
      ...denial.within,
      ...(refused && { argument: refused.argument }),
    };
    return createAuthorizationError({ ...denial, ...(within && { within }) }, place);
  }

  return async <Id extends NamedId>(
    calls: readonly PlacedCall<Id>[],
    rowOf: (id: Id) => NamedRow,
    context: TContext,
  ): Promise<readonly AuthorizationError[]> => {
    const refusals = await Promise.all(calls.map((call) => refusalOf(call, rowOf, context)));
    return refusals.filter((each) => each !== undefined);
  };
}
