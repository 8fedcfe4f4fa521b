import { expect, it } from 'vitest';
import type { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import { readClientOf } from '../../src/changes/data-client.ts';
import { roomsClient } from '../support/rooms-project.ts';
import { createTestDatabase } from '../support/test-database.ts';

it('reads by a Prisma client with extensions', async () => {
  const connection = await createTestDatabase();
  const client = roomsClient(connection).$extends({
    query: { room: { count: async ({ args, query }) => query(args) } },
  });
  const db: Pick<PrismaClient, 'room' | '$queryRaw'> = Object(readClientOf(Object(client)));
  expect(await db.room.count()).toBe(0);
  expect(await db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  await connection.close();
});
