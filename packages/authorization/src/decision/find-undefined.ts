import { isPlainData } from './plain-data.ts';

/** Which objects of a filter are looked into. Those of a class can be the query builder of a data client. */
export type LooksInto = 'every object' | 'plain objects';

/**
 * Returns the path of the first undefined value in a filter, at any depth, such as the `userId` of an API client. Prisma
 * leaves out a condition whose value is undefined, and the filter would select all rows.
 */
export function findUndefined(
  filter: unknown,
  looksInto: LooksInto,
  path: readonly string[] = [],
): string | undefined {
  if (filter === undefined) return path.join('.');
  if (typeof filter !== 'object' || filter === null) return undefined;
  if (looksInto === 'plain objects' && !isPlainData(filter)) return undefined;
  // The keys of a list include its holes.
  const keys = Array.isArray(filter) ? [...filter.keys()].map(String) : Object.keys(filter);
  for (const key of keys) {
    const found = findUndefined(Reflect.get(filter, key), looksInto, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
