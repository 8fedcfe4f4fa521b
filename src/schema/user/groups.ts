import type { Group } from '../generated/resolver-types.ts';

/** Every group, in the order of the schema: a group that is missing here does not compile. */
const places: Readonly<Record<Group, number>> = { ADMIN: 0, AUDITOR: 1, MANAGER: 2, STAFF: 3 };

/** Whether this is the name of a group. */
export const isGroup = (name: string): name is Group => Object.hasOwn(places, name);

/** Groups in the order of the schema, each once; a name that is no group of it is left out. */
export function inSchemaOrder(names: Iterable<string>): Group[] {
  return [...new Set(names)].filter(isGroup).sort((left, right) => places[left] - places[right]);
}

/** The names of all groups, in the order of the schema. */
export const groupNames = (): Group[] => inSchemaOrder(Object.keys(places));
