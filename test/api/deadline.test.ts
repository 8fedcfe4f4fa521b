import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

/** Only there can somebody else hold what a statement waits for. */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';
const timeoutMs = 2_000;

describe.runIf(isPostgres)('an operation whose statement is not done by its deadline', () => {
  let server: TestServer;
  let manager: TestUser;
  let roomId: string;
  beforeAll(async () => {
    const environment = {
      OPERATION_TIMEOUT_MS: `${timeoutMs}`,
      DATABASE_REQUEST_TIMEOUT_MS: '60000', // the deadline is what ends it
    };
    // What only reads is ended by PostgreSQL itself: other requests may wait for the same statement.
    server = await startTestServer({
      environment,
      database: { statementTimeoutMs: 2 * timeoutMs },
    });
    manager = await server.aUser('MANAGER');
    const made = await server.ask(
      'mutation { createRoom(input: { name: "Lab", floor: 1, groups: [STAFF] }) { id } }',
      { token: manager.accessToken },
    );
    roomId = made.data.createRoom.id;
  });
  afterAll(() => server.stop());

  /** How many statements of the server wait for a lock. */
  async function countWaiting(): Promise<number> {
    const found = await server.connection.database.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return found[0]?.waiting ?? 0;
  }

  it('is 503, has done nothing, and its statement ends while what it waited for is still held', async () => {
    const { database } = server.connection;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isLocked = () => {};
    const locked = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    const holding = database.$transaction(
      async (transaction) => {
        await transaction.$executeRaw`LOCK TABLE rooms IN ACCESS EXCLUSIVE MODE`;
        isLocked();
        await released;
      },
      { timeout: 60_000 },
    );
    await locked;

    const input = '{ name: "Changed", floor: 2, groups: [STAFF] }';
    const token = manager.accessToken;
    const socket = openTestSocket(server.url, { token });
    await socket.connected;
    const overSocket = socket.subscribe(`mutation { createRoom(input: ${input}) { id } }`);
    const answers = [
      server.ask('{ rooms { edges { cursor } } }', { token }),
      server.ask(`mutation { updateRoom(id: "${roomId}", input: ${input}) { id } }`, { token }),
    ];
    await vi.waitFor(async () => expect(await countWaiting()).toBe(3), 10_000);
    for (const answer of await Promise.all(answers)) {
      expect({ status: answer.status, code: answer.code }).toEqual({
        status: 503,
        code: 'SERVICE_UNAVAILABLE',
      });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.data ?? null).toBeNull();
    }
    expect(await overSocket.ended).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    await vi.waitFor(async () => expect(await countWaiting()).toBe(0), 5_000);

    release();
    await holding;
    const rooms = await database.room.findMany({ select: { name: true } });
    expect(rooms).toEqual([{ name: 'Lab' }]);
    await socket.close();
    expect((await server.ask('{ rooms { edges { cursor } } }', { token })).status).toBe(200);
  });
});
