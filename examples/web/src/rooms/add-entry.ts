import type { EntriesQuery, RoomEnteredSubscription } from '../generated/graphql.ts';

/** Puts an entry before the ones that are shown. One that is shown already, as after a reconnect, is not added. */
export function addEntry(
  shown: EntriesQuery,
  entry: RoomEnteredSubscription['roomEntered'],
): EntriesQuery {
  const { room } = shown;
  if (room === null || room.entries.edges.some(({ node }) => node.id === entry.id)) return shown;
  const edges = [{ node: entry }, ...room.entries.edges];
  return { ...shown, room: { ...room, entries: { ...room.entries, edges } } };
}
