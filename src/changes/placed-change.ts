import type { Viewer } from '../authentication/viewer.ts';
import type { PlaceRules } from '../values/held-places.ts';
import type { SqlTransaction } from '../values/sql-transaction.ts';
import { type ConfirmedPlaces, confirmPlaces } from './confirm-places.ts';
import type { NamedRows } from './named-rows.ts';
import { endPlaces, givePlaces, type Place, type PlacedGroup } from './place-changes.ts';
import type { Rights } from './rights.ts';

/** A group that is held within a type, and the id of the row in which it is given. */
export interface GrantWithin {
  readonly group: string;
  readonly within: unknown;
}

export interface PlacedChangeOptions<TTransaction> {
  /** The rows that the field of the change names. Absent outside of a mutation field. */
  readonly named: NamedRows | undefined;
  readonly rights: Rights | undefined;
  /** Absent: no group of the schema is held in places. */
  readonly rules: PlaceRules | undefined;
  readonly transaction: TTransaction;
  readonly sql: SqlTransaction;
  readonly at: Date;
}

/** What a change has done, and its result. */
export interface Done<Result> {
  readonly result: Result;
  readonly leaves: readonly string[];
  readonly writes: Readonly<Record<string, readonly unknown[]>>;
  readonly grants: readonly GrantWithin[];
}

/** The rows and places that one run of a change names, in its transaction. */
export function createPlacedChange<TTransaction>({
  named,
  rights,
  rules,
  transaction,
  sql,
  at,
}: PlacedChangeOptions<TTransaction>) {
  let ending: readonly Place[] = [];
  /** What the viewer holds does not change while the transaction has its lock, but by the change itself. */
  let known: ConfirmedPlaces | undefined;

  async function confirm(): Promise<ConfirmedPlaces | undefined> {
    const viewer = rights?.viewer();
    known ??= viewer && rules && (await confirmPlaces(sql, viewer, { rules, at }));
    return known;
  }

  /** Runs a check by the places of now, until none of those that admitted has ended meanwhile. */
  async function checkPlaces<Found>(check: (viewer?: Viewer) => Promise<Found>): Promise<Found> {
    const confirmed = await confirm();
    const found = await check(confirmed?.viewer);
    const isValid = confirmed === undefined || (await confirmed.lock());
    if (isValid) return found;
    known = undefined;
    return checkPlaces(check);
  }

  async function toPlacedGroup({ group, within }: GrantWithin): Promise<PlacedGroup> {
    const type = rules?.groups.placeTypeOf(group);
    if (type === undefined) {
      throw new TypeError(`change: \`grants\`: the group ${group} is not held within a type.`);
    }
    const place = await named?.placeOf(transaction, type, within);
    if (place !== undefined) return { group, place };
    throw new TypeError(`change: \`grants\`: there is no ${type} with the id of \`within\`.`);
  }

  return {
    /**
     * Reads the rows that the call names, by argument, and requires that the viewer holds what the call asks for in their
     * places. `ends`: the arguments whose rows the work is going to end.
     */
    async read(ends: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
      if (named === undefined) return {};
      const found = await checkPlaces((viewer) => named.read(transaction, viewer));
      ending = ends.length === 0 ? [] : await named.placesAt(transaction, ends);
      return found;
    },

    /**
     * Gives the viewer what the change gives, requires that it may leave the rows so, and ends places. Returns what was given,
     * and the viewer that holds it, if any was.
     */
    async finish({ result, leaves, writes, grants }: Done<unknown>) {
      const given = await Promise.all(grants.map(toPlacedGroup));
      await givePlaces(sql, rights?.viewer(), { given, at });
      if (given.length > 0) known = undefined;
      const viewer = given.length === 0 ? undefined : (await confirm())?.viewer;
      if (named !== undefined) {
        await checkPlaces((current) =>
          named.requireKept(transaction, { leaves, writes, result }, current),
        );
      }
      await endPlaces(sql, ending);
      return { given, viewer };
    },
  };
}
