import { closeImplications, type Implications } from '@gatehouse/authorization/decision';
import { BadUserInputError } from '../errors.ts';

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
  /** The same without the groups in `withheld`, and without what only these imply. */
  inEffectWithout(names: Iterable<string>, withheld: ReadonlySet<string>): Group[];
  /** @throws {BadUserInputError} for `argument`, when one of the names is not a group of the schema. */
  requireAll(names: readonly string[], argument: string): void;
}

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
  function inSchemaOrder(given: Iterable<string>): Group[] {
    const known = new Set(given);
    return names.filter((name) => known.has(name));
  }
  return {
    names,
    has: (name) => all.has(name),
    inSchemaOrder,
    // A removed group is not in the schema, so it implies none.
    inEffect: (given) =>
      inSchemaOrder([...given].flatMap((name) => [name, ...(implied.get(name) ?? [])])),
    inEffectWithout(given, withheld) {
      const held = new Set<string>();
      const add = (name: string): void => {
        if (held.has(name) || withheld.has(name)) return;
        held.add(name);
        implications.get(name)?.forEach(add);
      };
      for (const name of given) add(name);
      return inSchemaOrder(held);
    },
    requireAll(given, argument) {
      if (given.every((name) => all.has(name))) return;
      // Not quoted: it can be any text.
      const message = `There is no such group. The groups are ${names.join(', ')}.`;
      throw new BadUserInputError(argument, message);
    },
  };
}
