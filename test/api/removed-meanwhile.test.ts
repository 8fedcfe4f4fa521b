import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

let server: TestServer;
let manager: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  manager = await server.aUser('MANAGER');
});
afterAll(() => server.stop());

/** Removes a user and leaves the entries: what an operation sees that has read the entries before. */
async function removeUser(id: string): Promise<void> {
  const { database } = server.owner;
  await database.$executeRaw`ALTER TABLE room_entries DROP CONSTRAINT room_entries_user_id_fkey`;
  await database.$executeRaw`DELETE FROM gatehouse.users WHERE id = ${id}::uuid`;
}

it('a record that is removed between two reads of a query is a conflict, and no error of the server', async () => {
  const { rooms: database } = server;
  const guest = await server.aUser('STAFF');
  const room = await database.room.create({ data: { name: 'Lab', floor: 0, groups: ['STAFF'] } });
  await database.roomEntry.create({
    data: { roomId: room.id, userId: guest.id, enteredAt: new Date() },
  });
  await removeUser(guest.id);

  const query = '{ rooms { edges { node { entries { edges { node { user { id } } } } } } } }';
  const { status, code, reason } = await server.ask(query, { token: manager.accessToken });
  expect({ status, code, reason }).toEqual({
    status: 409,
    code: 'CONFLICT',
    reason: 'CHANGED_MEANWHILE',
  });
  expect(server.logLines.join('')).not.toMatch(/"level":(50|60)/); // pino's error and fatal
});
