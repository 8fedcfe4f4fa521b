import type { EntriesQuery, RoomEnteredSubscription } from '../generated/graphql.ts';

type Entry = RoomEnteredSubscription['roomEntered'];

/** Puts an entry before the ones that are shown, unless it is shown already, or belongs to an earlier page. */
export function addEntry(shown: EntriesQuery, entry: Entry): EntriesQuery {
  const { room } = shown;
  if (room === null || room.entries.edges.some(({ node }) => node.id === entry.id)) return shown;
  const [latest] = room.entries.edges;
  if (latest !== undefined && entry.enteredAt < latest.node.enteredAt) return shown;
  const edges = [{ node: entry }, ...room.entries.edges];
  return { ...shown, room: { ...room, entries: { ...room.entries, edges } } };
}
