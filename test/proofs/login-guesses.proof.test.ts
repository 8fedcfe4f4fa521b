import { expect, it, onTestFinished } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { type Environment, useGatehouse } from '../support/process.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { isPostgres, print, startLoginWorld } from './login-world.ts';

/**
 * `npm run proof -- login-guesses`: 20 guesses at once, by two nodes on one PostgreSQL, at an account
 * with one attempt left. One of them is hashed, and answered 401; the others are refused with 429.
 * With `REDIS=1`, the nodes count in a Redis server that the proof starts.
 */
const rounds = Number(process.env.ROUNDS ?? 100);
const guesses = 20;
const usesRedis = process.env.REDIS === '1';
const gatehouse = useGatehouse();

it.runIf(isPostgres)(
  `hashes one of ${guesses} guesses in each of ${rounds} rounds`,
  async () => {
    const settings = { LOGIN_ATTEMPTS_PER_ADDRESS: '1000000', ...(await redisSettings()) };
    const world = await startLoginWorld(gatehouse, settings, { nodes: 2 });
    const outcomes: Record<string, number> = {};
    for (const username of await world.makeUsers('user-', rounds)) {
      for (let n = 0; n < 9; n += 1) {
        const { status } = await world.logIn(username, `failure-number-${n}`, n % 2);
        expect(status).toBe(401);
      }
      const all = Array.from({ length: guesses }, (_, n) =>
        world.logIn(username, `guess-number-${n}`, n % 2),
      );
      const statuses = (await Promise.all(all)).map(({ status }) => status);
      const hashed = statuses.filter((status) => status === 401).length;
      const refused = statuses.filter((status) => status === 429).length;
      const outcome = `${hashed} hashed, ${refused} refused, ${guesses - hashed - refused} other`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    for (const [outcome, count] of Object.entries(outcomes)) print(`${count} x ${outcome}`);
    expect(Object.keys(outcomes)).toEqual([`1 hashed, ${guesses - 1} refused, 0 other`]);
    recordFigure('login-guesses.rounds', rounds);
  },
  1_800_000,
);

async function redisSettings(): Promise<Environment> {
  if (!usesRedis) return {};
  const redis = await startRedisServer();
  onTestFinished(redis.remove); // after the hooks, which end the processes
  // So long that a busy machine does not let the table count.
  return { RATE_LIMIT_URL: redis.url, RATE_LIMIT_TIMEOUT_MS: '10000' };
}
