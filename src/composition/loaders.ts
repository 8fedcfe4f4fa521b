import type { Page } from './connection.ts';
import type { Domain, LoaderDefinition } from './domain.ts';
import { createLoader } from './loader.ts';

/** What loaders read with. */
export interface LoaderContext {
  readonly db: object;
}

/** Loaders by name. */
export type Load = Readonly<Record<string, (key: never) => Promise<unknown>>>;

/** Makes the loaders of all domains, by name. One of each in a process: they batch over requests. */
export const createLoad = (domains: readonly Domain[], context: LoaderContext): Load =>
  Object.fromEntries(
    domains.flatMap(({ loaders = {} }) =>
      Object.entries(loaders).map(([name, definition]) => [name, toLoad(definition, context)]),
    ),
  );

function toLoad(definition: LoaderDefinition, context: LoaderContext): Load[string] {
  if ('batch' in definition) {
    const loader = createLoader<never, unknown>((keys) => definition.batch(keys, context));
    return (key) => loader.load(key);
  }
  if ('page' in definition) {
    const { page: read, key } = definition;
    const loader = createPageLoader((ownerIds, page) => read(ownerIds, page, context), key);
    return (pageKey: PageKey) => loader.load(pageKey);
  }
  const { key = 'id' } = definition;
  const read = 'one' in definition ? definition.one : definition.many;
  const isSingle = 'one' in definition;
  const loader = createLoader<string, unknown>(async (ids) => {
    const rows = groupBy(await read([...new Set(ids)], context), key);
    return ids.map((id) => {
      // Ids are sent in any spelling, and kept in lower case.
      const found = rows.get(id) ?? rows.get(id.toLowerCase()) ?? [];
      return isSingle ? (found[0] ?? null) : found;
    });
  });
  return (id: string) => loader.load(id);
}

/** One page of what belongs to one owner, such as the entries of a room. */
export interface PageKey {
  readonly ownerId: string;
  readonly page: Page;
}

type ReadPage = (ownerIds: string[], page: Page) => Promise<readonly object[]>;

/** Owners of whom the same page is asked, as those of one list are, are read together. */
const createPageLoader = (read: ReadPage, key: string) =>
  createLoader<PageKey, readonly object[]>(async (keys) => {
    const alike = new Map<string, PageKey[]>();
    for (const each of keys) alike.set(nameOf(each), [...(alike.get(nameOf(each)) ?? []), each]);
    const pages = new Map<string, ReadonlyMap<unknown, readonly object[]>>();
    await Promise.all(
      [...alike].map(async ([name, [first, ...others]]) => {
        if (first === undefined) return;
        const ownerIds = [first, ...others].map(({ ownerId }) => ownerId);
        pages.set(name, groupBy(await read([...new Set(ownerIds)], first.page), key));
      }),
    );
    return keys.map((each) => pages.get(nameOf(each))?.get(each.ownerId) ?? []);
  });

const nameOf = ({ page: { limit, afterId } }: PageKey): string => `${limit} ${afterId ?? ''}`;

/** Rows by the value of a property, in the order in which they were read. */
function groupBy(rows: readonly object[], key: string): ReadonlyMap<unknown, readonly object[]> {
  const groups = new Map<unknown, object[]>();
  for (const row of rows) {
    const value: unknown = Reflect.get(row, key);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  return groups;
}
