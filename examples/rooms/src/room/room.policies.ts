import { definePolicy, NotFoundError, type Policy, type Viewer } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Prisma } from '../generated/prisma/client.ts';

/** Whether the room admits one of the viewer's groups. */
export const admits = (room: { readonly groups: readonly string[] }, viewer: Viewer): boolean =>
  viewer.isAuthenticated && room.groups.some((group) => viewer.groups.has(group));

/**
 * ROOM_MEMBER: the room allows the viewer. At a root field it is the room that `id` names, and the viewer must
 * be a person too: an API client cannot enter.
 *
 * @throws {NotFoundError} when `id` names no room: every viewer may see which rooms there are, so the answer
 *   reveals nothing.
 */
export const isRoomMember: Policy<Context, 'ROOM_MEMBER'> = async (
  viewer,
  room,
  { id },
  { load },
) => {
  if (room !== undefined) return admits(room, viewer);
  const named = id === undefined ? null : await load.rooms(id);
  if (named === null) throw roomNotFound('id');
  return viewer.kind === 'user' && admits(named, viewer);
};

/** OWN_ENTRY: the viewer made the entry. An API client makes none. */
export const isOwnEntry = definePolicy({
  reads: ['userId'],
  admits: (viewer, { userId }) => viewer.kind === 'user' && userId === viewer.userId,
  where: (viewer): Prisma.RoomEntryWhereInput => ({
    userId: { in: viewer.kind === 'user' ? [viewer.userId] : [] },
  }),
});

export const roomNotFound = (argument: string) =>
  new NotFoundError(argument, 'No room has this id.');
