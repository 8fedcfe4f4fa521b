import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Config } from './config/config.ts';
import { closeOnFailure, type Opened } from './database/close-on-failure.ts';
import type { DatabaseConnection } from './database/connect.ts';
import { loginAttemptScripts } from './identity/sessions/login-attempt-scripts.ts';
import type { LoginAttemptStore, LoginLimits } from './identity/sessions/login-attempt-store.ts';
import { createLoginAttemptStore } from './identity/sessions/login-attempts.store.ts';
import { createRedisLoginAttempts } from './identity/sessions/redis-login-attempts.ts';
import { withStandIn } from './identity/sessions/stand-in-login-attempts.ts';
import type { Logger } from './observability/logger.ts';
import { loadRedis } from './redis/load-redis.ts';

export interface LoginAttemptCounters {
  readonly store: LoginAttemptStore;
  /** Which store counts now: 1 for that one, and 0 for the other. Undefined: there is only the table. */
  readonly load: () => Readonly<Record<'redis' | 'table', number>> | undefined;
  readonly close: () => Promise<void>;
}

export interface LoginAttemptCounterOptions {
  readonly config: Pick<Config, 'loginLimits' | 'rateLimitRedis'>;
  readonly connection: Pick<DatabaseConnection, 'database'>;
  readonly logger: Logger;
}

/** The longest that the start waits for Redis. */
const startPatienceMs = 2_000;

/**
 * Creates the counters of failed logins: in Redis if the settings name one, with the table as its stand-in. Redis
 * may be unavailable.
 *
 * @throws {RedisLibraryError} when the settings name a Redis, and its library is not installed.
 */
export async function createLoginAttemptCounters(
  options: LoginAttemptCounterOptions,
): Promise<LoginAttemptCounters> {
  const { config, connection, logger } = options;
  const { loginLimits: limits, rateLimitRedis } = config;
  // The system's clock: the library that counts in the table reads it too.
  const now = () => new Date();
  const table = createLoginAttemptStore({ database: connection.database, limits, now });
  if (rateLimitRedis === undefined) {
    return { store: table, load: () => undefined, close: async () => {} };
  }

  return closeOnFailure((opened) =>
    openRedisCounters({ logger, limits, now, table, rateLimitRedis }, opened),
  );
}

interface RedisCounterOptions extends Pick<LoginAttemptCounterOptions, 'logger'> {
  readonly limits: LoginLimits;
  readonly now: () => Date;
  readonly table: LoginAttemptStore;
  readonly rateLimitRedis: NonNullable<Config['rateLimitRedis']>;
}

async function openRedisCounters(
  { logger, limits, now, table, rateLimitRedis }: RedisCounterOptions,
  opened: Opened,
): Promise<LoginAttemptCounters> {
  const redis = await loadRedis({ ...rateLimitRedis, scripts: loginAttemptScripts });
  opened.add(async () => redis.close());
  const store = withStandIn({
    store: createRedisLoginAttempts({ run: redis.run, limits, now }),
    standIn: table,
    patienceMs: rateLimitRedis.timeoutMs,
    probe: () => redis.send('PING'),
    onChange: (error) =>
      error === undefined
        ? logger.info('counting failed logins in Redis again')
        : logger.warn({ reason: messageOf(error) }, 'counting failed logins in the database'),
    delay,
  });
  opened.add(async () => store.stop());
  // So that the first logins find it, and the log says at the start when it is not there.
  await Promise.race([redis.connected().catch(() => {}), delay(startPatienceMs)]);
  await store.check();
  return {
    store,
    load: () => (store.isStandingIn() ? { redis: 0, table: 1 } : { redis: 1, table: 0 }),
    close: opened.close,
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
