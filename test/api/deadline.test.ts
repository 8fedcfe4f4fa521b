import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

/** Only there can another connection hold the lock that a statement waits for. */
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

  /** Holds all rooms, until it is asked to release them. */
  async function holdRooms(): Promise<{ release(): Promise<void> }> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isLocked = () => {};
    const locked = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    const holding = server.connection.database.$transaction(
      async (transaction) => {
        // Idle for longer than the server's own transactions may be.
        await transaction.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`;
        await transaction.$executeRaw`LOCK TABLE rooms IN ACCESS EXCLUSIVE MODE`;
        isLocked();
        await released;
      },
      { timeout: 60_000 },
    );
    await locked;
    return {
      async release() {
        release();
        await holding;
      },
    };
  }

  it('is 503, has done nothing, and its statement ends while what it waited for is still held', async () => {
    const { release } = await holdRooms();
    const input = '{ name: "Changed", floor: 2, groups: [STAFF] }';
    const token = manager.accessToken;
    const socket = openTestSocket(server.url, { token });
    await socket.connected;
    const overSocket = socket.subscribe(`mutation { createRoom(input: ${input}) { id } }`);
    const answers = [
      server.ask('{ rooms { edges { cursor } } }', { token }),
      server.ask(`mutation { updateRoom(id: "${roomId}", input: ${input}) { id } }`, { token }),
    ];
    await eventually(async () => expect(await countWaiting()).toBe(3));
    for (const answer of await Promise.all(answers)) {
      expect({ status: answer.status, code: answer.code }).toEqual({
        status: 503,
        code: 'SERVICE_UNAVAILABLE',
      });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.data ?? null).toBeNull();
    }
    expect(await overSocket.ended).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    await eventually(async () => expect(await countWaiting()).toBe(0));

    await release();
    const rooms = await server.rooms.room.findMany({ select: { name: true } });
    expect(rooms).toEqual([{ name: 'Lab' }]);
    await socket.close();
    expect((await server.ask('{ rooms { edges { cursor } } }', { token })).status).toBe(200);
  });

  it('is recorded as failed, even if it completes after the answer was sent', async () => {
    const { release } = await holdRooms();
    const token = manager.accessToken;
    const answer = await server.ask('query Late { rooms { edges { cursor } } }', { token });
    expect(answer.status).toBe(503);
    await release();
    const lines = () =>
      server.logLines.filter((line) => line.includes('"operation"') && line.includes('"Late"'));
    await eventually(() => expect(lines()).toHaveLength(1));
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      outcome: 'failed',
      codes: ['SERVICE_UNAVAILABLE'],
    });
  });
});
