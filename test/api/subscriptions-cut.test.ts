import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket, type TestSocket } from '../support/test-socket.ts';

/** The embedded database is in the process: there is nothing to cut. */
describe.skipIf(process.env.TEST_DATABASE_KIND !== 'postgresql')(
  'while the connection is cut',
  () => {
    let server: TestServer;
    let manager: TestUser;
    let socket: TestSocket;
    let data: { readonly roomId: string; readonly userId: string };
    beforeAll(async () => {
      server = await startTestServer();
      manager = await server.aUser('MANAGER');
      const { rooms: database } = server;
      const room = await database.room.create({ data: { name: 'Lab', floor: 1, groups: [] } });
      data = { roomId: room.id, userId: manager.id };
      socket = openTestSocket(server.url, { token: manager.accessToken });
    });
    afterAll(async () => {
      await socket.close();
      await server.stop();
    });

    const listeners = async () => {
      const found = await server.connection.database.$queryRaw<{ pid: number }[]>`
        SELECT pid FROM pg_stat_activity
        WHERE application_name = 'gatehouse notifications' AND datname = current_database()`;
      return found.map(({ pid }) => pid);
    };
    /** The backends that were ended: one stays in the list for a moment. */
    const cuts = new Set<number>();
    const cut = async () => {
      const isNew = (pid: number) => !cuts.has(pid);
      await expect.poll(listeners, { interval: 5 }).toSatisfy((all: number[]) => all.some(isNew));
      for (const pid of (await listeners()).filter(isNew)) {
        await server.connection.database.$queryRaw`SELECT pg_terminate_backend(${pid}::integer)`;
        cuts.add(pid);
      }
    };

    it('again and again, every entry comes once, whenever it was committed', async () => {
      const { rooms: database } = server;
      const { results, stop, ended } = socket.subscribe('subscription { roomEntered { id } }');
      await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(1);
      const enter = async (client: Pick<typeof database, 'roomEntry'> = database) =>
        (await client.roomEntry.create({ data, select: { id: true } })).id;

      const written: string[] = [];
      for (let round = 0; round < 10; round += 1) {
        // Made before the cut, and committed after it: ids are not in the order of the commits.
        const late = database.$transaction(async (transaction) => {
          const id = await enter(transaction);
          await cut();
          for (let count = 0; count < 5; count += 1) written.push(await enter());
          return id;
        });
        for (let count = 0; count < 10; count += 1) written.push(await enter());
        written.push(await late);
      }
      const seen = () => results.map(({ data }) => Object(data?.roomEntered).id);
      const endings: unknown[] = [];
      void ended.then((ending) => endings.push(ending));
      await expect.poll(() => [seen().length, endings]).toEqual([written.length, []]);
      expect(seen().sort()).toEqual(written.sort());
      expect(cuts.size).toBeGreaterThanOrEqual(10);
      stop();
    });

    it('a right that ends meanwhile ends its socket', async () => {
      const user = await server.aUser('MANAGER');
      const other = openTestSocket(server.url, { token: user.accessToken });
      other.subscribe('subscription { roomEntered { id } }');
      await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(1);
      await cut();
      await server.connection.database.membership.deleteMany({ where: { userId: user.id } });
      const end = await other.ended;
      expect([end.code, end.reason]).toEqual([4403, 'GROUP_REQUIRED']);
    });
  },
);
