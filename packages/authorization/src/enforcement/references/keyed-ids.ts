import { idKey, isSameId, lowerCaseKey } from './id-key.ts';

/** Values by the keys of their ids, and what is wrong with those that are left out, each problem once. */
export interface Keyed<Value> {
  readonly byKey: ReadonlyMap<string, Value>;
  readonly problems: ReadonlySet<string>;
}

/**
 * Keys the ids of one read. Left out are those that no row can be found for: an id without a text of its own, and
 * different ids with one key, of which the row of one would be found for the other. Null is no id.
 */
export function keyIds(ids: readonly unknown[]): Keyed<unknown> {
  const byKey = new Map<string, unknown>();
  const unclear = new Set<string>();
  const problems = new Set<string>();
  for (const id of ids) {
    if (id === null || id === undefined) continue;
    const key = idKey(id);
    if (key === undefined) problems.add(idWithoutText);
    else if (!byKey.has(key)) byKey.set(key, id);
    else if (!isSameId(byKey.get(key), id)) unclear.add(key);
  }
  for (const key of unclear) byKey.delete(key);
  if (unclear.size > 0) problems.add(idsWithOneText);
  return { byKey, problems };
}

const idWithoutText =
  'an id is missing, because it has no text of its own: give its class a `toString`';
const idsWithOneText =
  'ids are missing, because they have one text and differ in their class or in a property: ' +
  'write what distinguishes them in `toString`';

/** Returns the keys of the rows that ids name: their own, and of a UUID that in lower case. */
export const keysOfRows = (ids: Keyed<unknown>['byKey']): ReadonlySet<string> =>
  new Set([...ids].flatMap(([key, id]) => [key, lowerCaseKey(id) ?? key]));

/** Keys rows by their ids, as far as their keys are in `wanted`. */
export function keyRows(
  rows: readonly unknown[],
  idOf: (row: Readonly<Record<string, unknown>>) => unknown,
  wanted: ReadonlySet<string>,
): Keyed<readonly object[]> {
  const byKey = new Map<string, object[]>();
  const problems = new Set<string>();
  for (const value of rows) {
    if (typeof value !== 'object' || value === null) continue;
    const row: Readonly<Record<string, unknown>> = Object(value);
    const key = idKey(idOf(row));
    if (key === undefined) problems.add(rowWithoutText);
    else if (wanted.has(key)) byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return { byKey, problems };
}

const rowWithoutText = 'a row was left out, because its id has no text of its own: see `idOf`';
