import type { Viewer } from '../../authentication/viewer.ts';
import type { Policy } from '../policy.ts';
import type { RoomRecord } from './room.store.ts';
import { roomNotFound } from './room.store.ts';

/** Whether the room admits one of the viewer's groups. */
export const admits = (room: { readonly groups: readonly string[] }, viewer: Viewer): boolean =>
  viewer.isAuthenticated && room.groups.some((group) => viewer.groups.has(group));

/**
 * ROOM_MEMBER: the room at hand admits the viewer. At a root field it is the room that `id` names, and the
 * viewer must be a person too: an API client cannot enter.
 *
 * @throws {NotFoundError} when `id` names no room: every viewer may see which rooms there are, so a
 *   plain answer gives nothing away.
 */
export const isRoomMember: Policy = async (viewer, source, args, { loaders }) => {
  if (isRoom(source)) return admits(source, viewer);
  const room = await loaders.rooms.load(String(args.id));
  if (room === null) throw roomNotFound();
  return viewer.kind === 'user' && admits(room, viewer);
};

const isRoom = (source: unknown): source is Pick<RoomRecord, 'groups'> =>
  typeof source === 'object' &&
  source !== null &&
  'groups' in source &&
  Array.isArray(source.groups);
