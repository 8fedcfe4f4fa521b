import type { Page } from '../connection.ts';
import { createLoader, createRecordLoader } from '../loader.ts';
import type { RoomRecord, RoomStore } from './room.store.ts';
import type { RoomEntryRecord, RoomEntryStore } from './room-entry.store.ts';

/** One page of one room's entries. */
export interface EntriesKey {
  readonly roomId: string;
  readonly page: Page;
}

/** Batches reads of rooms and of their entries. */
export const createRoomLoaders = (stores: {
  readonly rooms: RoomStore;
  readonly roomEntries: RoomEntryStore;
}) => ({
  rooms: createRecordLoader<RoomRecord>(stores.rooms.findByIds),
  roomEntries: createLoader<EntriesKey, readonly RoomEntryRecord[]>((keys) =>
    loadEntries(stores.roomEntries, keys),
  ),
});

/** Rooms that are asked for the same page, as those of one list are, are read in one statement. */
async function loadEntries(store: RoomEntryStore, keys: readonly EntriesKey[]) {
  const pages = new Map(keys.map(({ page }) => [pageKey(page), page]));
  const read = await Promise.all(
    [...pages].map(async ([name, page]) => {
      const alike = keys.filter((key) => pageKey(key.page) === name);
      const roomIds = new Set(alike.map(({ roomId }) => roomId));
      return [name, await store.pageOf([...roomIds], page)] as const;
    }),
  );
  const entries = new Map(read);
  return keys.map(({ roomId, page }) =>
    (entries.get(pageKey(page)) ?? []).filter((entry) => entry.roomId === roomId),
  );
}

const pageKey = ({ limit, afterId }: Page): string => `${limit} ${afterId ?? ''}`;
