import { z } from 'zod';
import type { Viewer } from '../authentication/viewer.ts';
import type { PlacesOf } from '../values/groups.ts';
import { holdPlaces, type PlaceRules } from '../values/held-places.ts';
import type { SqlTransaction } from '../values/sql-transaction.ts';
import { placeGrantsText } from './place-grants.ts';
import { withPlaces } from './viewer-places.ts';

/** The places of a viewer as they are in the transaction of a change. */
export interface ConfirmedPlaces {
  /** The viewer with these places. */
  readonly viewer: Viewer;
  /**
   * Locks the places by which the viewer was admitted since the last call, so that they do not end before the change. Returns
   * false when one has: then nothing that it admitted is valid.
   */
  lock(): Promise<boolean>;
}

export interface ConfirmPlacesOptions {
  readonly rules: PlaceRules;
  readonly at: Date;
}

/**
 * Reads again what the viewer holds in places. The lock of the user, which `findLostRights` took, keeps it until the
 * transaction ends. Undefined: the operation asks for no places.
 */
export async function confirmPlaces(
  sql: SqlTransaction,
  viewer: Viewer,
  { rules, at }: ConfirmPlacesOptions,
): Promise<ConfirmedPlaces | undefined> {
  if (viewer.kind !== 'user' || viewer.placesOf === undefined) return undefined;
  const { userId, authenticatedAt: times = {} } = viewer;
  const rows = await sql.$queryRawUnsafe(textOfOne, userId, at);
  const { placesOf, withheld } = holdPlaces(grantsSchema.parse(rows), rules, { times, at });
  const asked = recordAsked(placesOf, rules);
  const held = { placesOf: asked.placesOf, withheld };
  return {
    viewer: withPlaces(viewer, held, viewer.withheld?.mustEnrol ?? false),
    lock: () => lockPlaces(sql, userId, asked.take()),
  };
}

const textOfOne = placeGrantsText('user_id = $1::uuid');

const grantsSchema = z.array(
  z.object({
    type: z.string(),
    placeId: z.string(),
    group: z.string(),
    grantedAt: z.coerce.date(),
  }),
);

interface Place {
  readonly type: string;
  readonly id: string;
}

/** Returns the same places, and a function that takes those that were asked for and held, and not taken before. */
function recordAsked(placesOf: PlacesOf, { groups }: Pick<PlaceRules, 'groups'>) {
  const known = new Map<string, ReadonlySet<string>>();
  let asked: Place[] = [];
  const before = new Set<string>();
  return {
    placesOf(group: string): ReadonlySet<string> {
      const found = known.get(group);
      if (found !== undefined) return found;
      const type = groups.placeTypeOf(group);
      const ids = new AskedSet(placesOf(group), (id) => {
        if (type !== undefined) asked.push({ type, id });
      });
      known.set(group, ids);
      return ids;
    },
    /** Returns each place once. */
    take(): readonly Place[] {
      const taken = new Map(asked.map((place) => [keyOf(place), place]));
      for (const key of taken.keys()) if (before.has(key)) taken.delete(key);
      for (const key of taken.keys()) before.add(key);
      asked = [];
      return [...taken.values()];
    },
  };
}

/** A set that reports each value which it is asked for and has. */
class AskedSet extends Set<string> {
  readonly #onFound: (value: string) => void;

  constructor(values: ReadonlySet<string>, onFound: (value: string) => void) {
    super(values);
    this.#onFound = onFound;
  }

  override has(value: string): boolean {
    const isFound = super.has(value);
    if (isFound) this.#onFound(value);
    return isFound;
  }
}

/** A serializable transaction fails, and runs again, where a membership or its place has changed since it began. */
const lockText = `
  SELECT place.type, place.id FROM gatehouse.place_memberships AS held
  JOIN gatehouse.places AS place ON place.type = held.type AND place.id = held.place_id
  JOIN jsonb_to_recordset($2::text::jsonb) AS asked ("type" TEXT, "id" TEXT)
    ON asked.type = place.type AND asked.id = place.id
  WHERE held.user_id = $1::uuid AND place.ended_at IS NULL
  ORDER BY place.type, place.id, held."group" FOR SHARE OF held, place`;

const placesSchema = z.array(z.object({ type: z.string(), id: z.string() }));

async function lockPlaces(
  sql: SqlTransaction,
  userId: string,
  asked: readonly Place[],
): Promise<boolean> {
  if (asked.length === 0) return true;
  const text = JSON.stringify(asked);
  const locked = placesSchema.parse(await sql.$queryRawUnsafe(lockText, userId, text));
  return new Set(locked.map(keyOf)).size === asked.length;
}

const keyOf = ({ type, id }: Place): string => `${type} ${id}`;
