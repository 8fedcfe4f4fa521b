import type { SeedContext } from 'gatehouse';
import type { Context } from '../context.ts';
import type { Room } from '../generated/prisma/client.ts';

const rooms = [
  { name: 'Lobby', floor: 0, groups: ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'], accessCode: '1000' },
  { name: 'Archive', floor: -1, groups: ['AUDITOR', 'MANAGER'], accessCode: '2417' },
  { name: 'Server room', floor: 2, groups: ['ADMIN'], accessCode: '9034' },
];

/** Adds a few rooms if the table is empty. */
export async function seedRooms({ db, change }: SeedContext<Context>): Promise<void> {
  if ((await db.room.count()) > 0) return;
  for (const data of rooms) {
    await change(
      ({ id }: Room) => ({ action: 'room.created', subjectId: id }),
      (tx) => tx.room.create({ data }),
    );
  }
}
