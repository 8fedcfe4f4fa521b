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
  /** Returns the names and all groups that they imply (`@implies`), as `inSchemaOrder` does. */
  inEffect(names: Iterable<string>): Group[];
  /** @throws {BadUserInputError} for `argument`, when one of the names is not a group of the schema. */
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

/** Returns which groups a session may use, by the memberships of its user and by when it has proved each factor. */
export type HeldOf = (grants: readonly Grant[], times: AuthenticationTimes, at: Date) => HeldGroups;

/**
 * @param names the values of the enum `Group`, in schema order.
 * @param implications the groups in the `@implies` of each group.
 */
export function createGroups(
  names: readonly Group[],
  implications: Implications = new Map(),
): Groups {
  const all = new Set(names);
  const implied = closeImplications(implications);
  function inSchemaOrder(held: Iterable<string>): Group[] {
    const known = new Set(held);
    return names.filter((name) => known.has(name));
  }
  return {
    names,
    has: (name) => all.has(name),
    inSchemaOrder,
    // A removed group is not in the schema, so it implies none.
    inEffect: (held) =>
      inSchemaOrder([...held].flatMap((name) => [name, ...(implied.get(name) ?? [])])),
    requireAll(held, argument) {
      if (held.every((name) => all.has(name))) return;
      // Not quoted: it can be any text.
      const message = `There is no such group. The groups are ${names.join(', ')}.`;
      throw new BadUserInputError(argument, message);
    },
  };
}
