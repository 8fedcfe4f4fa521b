import DataLoader from 'dataloader';
import type { Page } from './connection.ts';

/** How many keys are read in one statement at most. */
const maxBatchSize = 500;

/** Gives the value of each key, in their order. */
type ReadMany<Key, Value> = (keys: readonly Key[]) => Promise<readonly Value[]>;

/**
 * Batches the reads of all requests that are under way: those that arrive in one turn of the event loop
 * make one statement. It keeps nothing, so that what starts after a change always reads after it.
 */
export const createLoader = <Key, Value>(read: ReadMany<Key, Value>): DataLoader<Key, Value> =>
  new DataLoader(read, {
    cache: false,
    maxBatchSize,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });

/** Batches reads of records by their id, of any spelling; null for an id that has none. */
export const createRecordLoader = <Item extends { readonly id: string }>(
  findByIds: (ids: readonly string[]) => Promise<readonly Item[]>,
): DataLoader<string, Item | null> =>
  createLoader(async (ids) => {
    const records = await findByIds([...new Set(ids)]);
    const byId = new Map(records.map((record) => [record.id, record]));
    return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
  });

/** One page of what belongs to one owner, such as the entries of a room. */
export interface PageKey {
  readonly ownerId: string;
  readonly page: Page;
}

export interface PageReads<Item> {
  /** The same page of many owners, in one statement. */
  pageOf(ownerIds: readonly string[], page: Page): Promise<readonly Item[]>;
  ownerOf(item: Item): string;
}

/** Batches reads of pages: owners of whom the same page is asked, as those of one list are, are read together. */
export const createPageLoader = <Item>({ pageOf, ownerOf }: PageReads<Item>) =>
  createLoader<PageKey, readonly Item[]>(async (keys) => {
    const pages = new Map(keys.map(({ page }) => [nameOf(page), page]));
    const items = new Map<string, Item[]>(keys.map((key) => [placeOf(key), []]));
    await Promise.all(
      [...pages].map(async ([name, page]) => {
        const alike = keys.filter((key) => nameOf(key.page) === name);
        const ownerIds = [...new Set(alike.map(({ ownerId }) => ownerId))];
        for (const item of await pageOf(ownerIds, page)) {
          items.get(placeOf({ ownerId: ownerOf(item), page }))?.push(item);
        }
      }),
    );
    return keys.map((key) => items.get(placeOf(key)) ?? []);
  });

const nameOf = ({ limit, afterId }: Page): string => `${limit} ${afterId ?? ''}`;
const placeOf = ({ ownerId, page }: PageKey): string => `${ownerId} ${nameOf(page)}`;

/** Batches reads of all that belongs to a user, in the order in which it was read. */
export const createOwnedLoader = <Item extends { readonly userId: string }>(
  findOf: (userIds: readonly string[]) => Promise<readonly Item[]>,
): DataLoader<string, readonly Item[]> =>
  createLoader(async (userIds) => {
    const owned = new Map<string, Item[]>(userIds.map((userId) => [userId, []]));
    for (const item of await findOf([...owned.keys()])) owned.get(item.userId)?.push(item);
    return userIds.map((userId) => owned.get(userId) ?? []);
  });
