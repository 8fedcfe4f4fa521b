import { setImmediate, setTimeout } from 'node:timers/promises';
import type { LoginAttemptCounters, LoginAttemptTable, PackageContext } from 'graphql-gatehouse';
import { connectRedis } from './connect-redis.ts';
import { loginAttemptScripts } from './login-attempt-scripts.ts';
import { createRedisLoginAttempts } from './redis-login-attempts.ts';
import { withStandIn } from './stand-in.ts';

export interface CounterOptions extends Pick<PackageContext<unknown>, 'log'> {
  readonly url: string;
  readonly timeoutMs: number;
  readonly table: LoginAttemptTable;
}

/** The longest that the start waits for Redis. */
const startPatienceMs = 2_000;

/** Opens the counters of failed logins in Redis, with the table as their stand-in. Redis may be unavailable. */
export async function openCounters({
  url,
  timeoutMs,
  log,
  table,
}: CounterOptions): Promise<LoginAttemptCounters> {
  const redis = connectRedis({ url, timeoutMs, scripts: loginAttemptScripts });
  const { windowSeconds } = table;
  const store = withStandIn({
    // The system's clock: the table uses it too.
    store: createRedisLoginAttempts({ run: redis.run, windowSeconds, now: () => new Date() }),
    standIn: table.store,
    patienceMs: timeoutMs,
    probe: () => redis.send('PING'),
    onChange: (error) =>
      error === undefined
        ? log.info({}, 'counting failed logins in Redis again')
        : log.warn({ reason: messageOf(error) }, 'counting failed logins in the database'),
    delay,
  });
  // So that the first logins find it, and the log says at the start when it is not there.
  await Promise.race([redis.connected().catch(() => {}), delay(startPatienceMs)]);
  await store.check();
  return {
    store,
    load: () => (store.isStandingIn() ? { redis: 0, table: 1 } : { redis: 1, table: 0 }),
    async close() {
      store.stop();
      redis.close();
    },
  };
}

/** Ends one turn of the event loop after the time: a reply that came while the loop was busy is read first. */
async function delay(delayMs: number): Promise<void> {
  await setTimeout(delayMs, undefined, { ref: false });
  await setImmediate();
}

/** Never the error itself, whose fields could hold more. */
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'unknown error';
