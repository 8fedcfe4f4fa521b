import { createHash } from 'node:crypto';
import bcrypt from 'bcrypt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type RedisServer,
  redisNote,
  redisServer,
  startRedisServer,
} from '../support/redis-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import type { TestServer } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken }
}`;
const redisPassword = 'heron/secret-71';
const settings = { LOGIN_ATTEMPTS_PER_ACCOUNT: '10', LOGIN_ATTEMPTS_PER_ADDRESS: '1000' };

let redis: RedisServer;
let connection: Awaited<ReturnType<typeof createTestDatabase>>;
/** Two nodes on one database and one Redis. */
let nodes: readonly [TestServer, TestServer];
let username: string;

async function startNodes(timeoutMs: number): Promise<void> {
  const redisSettings = { RATE_LIMIT_URL: redis.url, RATE_LIMIT_TIMEOUT_MS: String(timeoutMs) };
  const options = { connection, environment: { ...settings, ...redisSettings } };
  nodes = [await startTestServer(options), await startTestServer(options)];
}

async function stopNodes(): Promise<void> {
  for (const node of nodes) await node.stop();
}

describe.runIf(redisServer !== undefined)(`logins that are counted in Redis${redisNote}`, () => {
  beforeAll(async () => {
    redis = await startRedisServer({ password: redisPassword });
    connection = await createTestDatabase();
  });
  afterAll(async () => {
    await connection.close();
    await redis.remove();
  });
  beforeEach(async () => {
    ({ username } = await nodes[0].aUser('STAFF'));
  });
  afterEach(async () => {
    redis.thaw();
    await redis.send('FLUSHALL');
    await connection.database.rateLimit.deleteMany();
    await backInRedis();
  });

  const logIn = async (password: string, node = 0) => {
    const variables = { username, password };
    return (await nodes[node === 0 ? 0 : 1].ask(loginMutation, { variables })).status;
  };
  const guess = (n: number) => logIn(`guess-number-${n}`, n % 2);
  const guessTimes = async (times: number) => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push(await guess(n));
    return statuses;
  };
  const keyOfUser = () => {
    const name = createHash('sha256').update(username).digest('base64url');
    return `gatehouse:account:${name}`;
  };
  const pointsInRedis = async () => Number(await redis.send('HGET', keyOfUser(), 'points'));
  const rows = () => connection.database.rateLimit.findMany({ where: { points: { gt: 0 } } });
  const linesOf = (node: TestServer, text: string) =>
    node.logLines.filter((line) => line.includes(text));
  const countLines = (text: string) => nodes.map((node) => linesOf(node, text).length);
  const inTable = 'counting failed logins in the database';
  const inRedisAgain = 'counting failed logins in Redis again';
  /** Waits until both nodes count in Redis. */
  const backInRedis = () =>
    expect.poll(() => countLines(inRedisAgain)).toEqual(countLines(inTable));

  describe('with a Redis that has time', () => {
    beforeAll(() => startNodes(10_000));
    afterAll(stopNodes);

    it('are refused on both nodes after ten failures, and the table counts nothing', async () => {
      expect(await guessTimes(10)).toEqual(Array(10).fill(401));
      expect(await Promise.all([logIn(userPassword, 0), logIn(userPassword, 1)])).toEqual([
        429, 429,
      ]);
      expect(await pointsInRedis()).toBe(10);
      expect(await rows()).toEqual([]);
    });

    it('do not count when the password is right', async () => {
      await guessTimes(9);
      for (let n = 0; n < 12; n += 1) expect(await logIn(userPassword, n % 2)).toBe(200);
      expect(await guessTimes(2)).toEqual([401, 429]);
    });

    it('are one hash when twenty guesses arrive at two nodes with one attempt left', async () => {
      await guessTimes(9);
      const hashes = vi.spyOn(bcrypt, 'compare');
      const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => guess(n)));
      expect(statuses.sort()).toEqual([401, ...Array(19).fill(429)]);
      expect(hashes).toHaveBeenCalledTimes(1);
    });

    it('go on in the table when Redis is killed, and in Redis when it is back', async () => {
      const before = [countLines(inTable), countLines(inRedisAgain)];
      await redis.kill();
      expect(await guessTimes(12)).toEqual([...Array(10).fill(401), 429, 429]);
      expect(await logIn(userPassword)).toBe(429);
      expect(await rows()).toHaveLength(2);
      expect(countLines(inTable)).toEqual(before[0]?.map((count) => count + 1));
      await redis.start();
      await backInRedis();
      expect(countLines(inRedisAgain)).toEqual(before[1]?.map((count) => count + 1));
      // Redis has forgotten: the same limit holds there.
      expect(await guessTimes(12)).toEqual([...Array(10).fill(401), 429, 429]);
    });

    it('write no password of Redis to the log', async () => {
      await redis.kill();
      await guess(0);
      await redis.start();
      await backInRedis();
      const log = nodes.flatMap(({ logLines }) => logLines).join('');
      expect(log).toContain(inTable);
      expect(log).not.toMatch(/heron|secret-71/);
    });
  });

  describe('with a Redis that has to be fast', () => {
    beforeAll(() => startNodes(250));
    afterAll(stopNodes);

    it('go on in the table when Redis is frozen, and do not count twice when it goes on', async () => {
      redis.freeze();
      expect(await Promise.all([logIn(userPassword, 0), logIn(userPassword, 1)])).toEqual([
        200, 200,
      ]);
      expect(await guessTimes(3)).toEqual(Array(3).fill(401));
      redis.thaw();
      await backInRedis();
      expect(await pointsInRedis()).toBe(0);
      expect(await guessTimes(11)).toEqual([...Array(10).fill(401), 429]);
    });

    it('are hashed at most twice as often as the limit, however often Redis is frozen', async () => {
      const hashes = vi.spyOn(bcrypt, 'compare');
      for (let round = 0; round < 3; round += 1) {
        await guessTimes(6);
        redis.freeze();
        await Promise.all(Array.from({ length: 20 }, (_, n) => guess(n)));
        redis.thaw();
        await backInRedis();
      }
      await guessTimes(12);
      expect(hashes.mock.calls.length).toBeGreaterThanOrEqual(10);
      expect(hashes.mock.calls.length).toBeLessThanOrEqual(20);
      expect(await guess(0)).toBe(429);
    });
  });
});
