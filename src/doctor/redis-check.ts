import type { Config } from '../config/config.ts';
import type { Redis } from '../redis/connect-redis.ts';
import { loadRedis } from '../redis/load-redis.ts';
import { type Check, ok, problem, warning } from './check.ts';
import { describeError, withinTime } from './reach.ts';

const name = 'Redis';

/** Checks that Redis responds, and keeps the counters of failed logins. Without one there is no check. */
export async function checkRedis(
  { rateLimitRedis }: Pick<Config, 'rateLimitRedis'>,
  timeoutMs: number,
): Promise<readonly Check[]> {
  if (rateLimitRedis === undefined) return [];
  const { host, pathname } = new URL(rateLimitRedis.url);
  let redis: Redis<never>;
  try {
    redis = await loadRedis({ ...rateLimitRedis, scripts: {} });
  } catch (error) {
    const advice = 'install it, or remove RATE_LIMIT_URL: the server does not start';
    return [problem(name, describeError(error), advice)];
  }
  try {
    return [await withinTime(timeoutMs, examine(redis, `${host}${pathname}`))];
  } catch (error) {
    const found = `${host} does not respond: ${describeError(error)}`;
    const advice =
      'start it, or correct RATE_LIMIT_URL; until then, the database counts failed logins';
    return [warning(name, found, advice)];
  } finally {
    redis.close();
  }
}

async function examine(redis: Redis<never>, place: string): Promise<Check> {
  await redis.connected();
  await redis.send('PING');
  // A user of Redis with few rights may not read this.
  const memory = String(await redis.send('INFO', 'memory').catch(() => ''));
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  const isBounded = /^maxmemory:[1-9]/m.test(memory);
  if (policy === 'noeviction' || !isBounded) return ok(name, place);
  const found = `${place} removes counters of failed logins when its memory is full: maxmemory-policy ${policy}`;
  return warning(name, found, 'set maxmemory-policy noeviction');
}
