import { closeImplications, type Implications } from '@graphql-gatehouse/authorization/decision';
import { BadUserInputError } from '../errors.ts';
import type { AuthenticationTimes } from './factor.ts';

/** The name of a group: a value of the composed schema's enum `Group`. */
export type Group = string;

/** The groups of the composed schema. */
export interface Groups {
  /** In schema order. */
  readonly names: readonly Group[];
  has(name: string): boolean;
  /** Returns the names in schema order, each once. Names that are not groups of the schema are omitted. */
  inSchemaOrder(names: Iterable<string>): Group[];
  /**
   * Returns the names and all groups that they imply (`@implies`), as `inSchemaOrder` does. Groups that are held within a type
   * (`@within`) are omitted: held without a place, they open nothing.
   */
  inEffect(names: Iterable<string>): Group[];
  /** Returns the same for groups that are held in one place of a type: global groups are omitted. */
  inPlace(names: Iterable<string>): Group[];
  /** Returns all groups that a group implies. */
  impliedBy(name: Group): Group[];
  /** Returns the type within whose rows a group is held. Undefined: it is global, or not a group of the schema. */
  placeTypeOf(name: string): string | undefined;
  /** Whether any group is held within a type. */
  readonly havePlaces: boolean;
  /**
   * @throws {BadUserInputError} for `argument`, when one of the names is not a group of the schema, or can be held in a place
   *   alone.
   */
  requireAll(names: readonly string[], argument: string): void;
}

/** A membership that has not expired. */
export interface Grant {
  readonly group: Group;
  readonly grantedAt: Date;
}

/** The groups of a session. */
export interface HeldGroups {
  /** In schema order, with what they imply. */
  readonly groups: readonly Group[];
  /** What the user holds beside, and this session has not proved enough for. */
  readonly withheld: ReadonlySet<Group>;
  /** How many kinds of factors it must prove for these. 0: nothing is withheld. */
  readonly factors: number;
}

/** A membership in one place that has not expired. */
export interface PlaceGrant extends Grant {
  /** The type of the place, and the text of its id. */
  readonly type: string;
  readonly placeId: string;
}

/** Returns the ids of the places in which a group is held, as texts. */
export type PlacesOf = (group: string) => ReadonlySet<string>;

/** Returns which groups a session may use, by the memberships of its user and by when it has proved each factor. */
export type HeldOf = (grants: readonly Grant[], times: AuthenticationTimes, at: Date) => HeldGroups;

/**
 * @param names the values of the enum `Group`, in schema order.
 * @param implications the groups in the `@implies` of each group.
 * @param placeTypes the type in the `@within` of each group that has one.
 */
export function createGroups(
  names: readonly Group[],
  implications: Implications = new Map(),
  placeTypes: ReadonlyMap<Group, string> = new Map(),
): Groups {
  const all = new Set(names);
  const implied = closeImplications(implications);
  function inSchemaOrder(held: Iterable<string>): Group[] {
    const known = new Set(held);
    return names.filter((name) => known.has(name));
  }
  const close = (held: Iterable<string>): Group[] =>
    inSchemaOrder([...held].flatMap((name) => [name, ...(implied.get(name) ?? [])]));
  return {
    names,
    has: (name) => all.has(name),
    inSchemaOrder,
    // A removed group is not in the schema, so it implies none. Neither kind of groups implies one of the other.
    inEffect: (held) => close(held).filter((name) => !placeTypes.has(name)),
    inPlace: (held) => close(held).filter((name) => placeTypes.has(name)),
    impliedBy: (name) => close([name]).filter((each) => each !== name),
    placeTypeOf: (name) => placeTypes.get(name),
    havePlaces: placeTypes.size > 0,
    requireAll(held, argument) {
      if (!held.every((name) => all.has(name))) {
        // Not quoted: it can be any text.
        const message = `There is no such group. The groups are ${names.join(', ')}.`;
        throw new BadUserInputError(argument, message);
      }
      const placed = held.find((name) => placeTypes.has(name));
      if (placed === undefined) return;
      const message = `${placed} is held within one ${placeTypes.get(placed)}: grant it there.`;
      throw new BadUserInputError(argument, message);
    },
  };
}
