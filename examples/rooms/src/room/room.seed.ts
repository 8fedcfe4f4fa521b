import type { SeedContext } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Room } from '../generated/prisma/client.ts';

const rooms = [
  { name: 'Lobby', floor: 0, groups: ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'], accessCode: '1000' },
  { name: 'Archive', floor: -1, groups: ['AUDITOR', 'MANAGER'], accessCode: '2417' },
  { name: 'Server room', floor: 2, groups: ['ADMIN'], accessCode: '9034' },
];

/** Adds a few rooms if the table is empty, and lets the sample users enter those that admit them. */
export async function seedRooms({ db, change }: SeedContext<Context>): Promise<void> {
  if ((await db.room.count()) > 0) return;
  const people = await db.$queryRaw<{ readonly id: string; readonly username: string }[]>`
    SELECT id, username FROM gatehouse.people WHERE username LIKE 'demo-%' ORDER BY username`;
  for (const data of rooms) {
    const room = await change(
      ({ id }: Room) => ({ action: 'room.created', subjectId: id }),
      (tx) => tx.room.create({ data }),
    );
    const members = data.groups.map((group) => `demo-${group.toLowerCase()}`);
    for (const { id: userId } of people.filter(({ username }) => members.includes(username))) {
      await change({ action: 'room.entered', subjectId: room.id }, (tx) =>
        tx.roomEntry.create({ data: { roomId: room.id, userId } }),
      );
    }
  }
}
