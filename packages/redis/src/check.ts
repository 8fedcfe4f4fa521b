import { setTimeout } from 'node:timers/promises';
import type { Check } from 'graphql-gatehouse';
import { connectRedis, type Redis } from './connect-redis.ts';

export interface RedisCheckOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly isProduction: boolean;
}

const name = 'Redis';
const maxWaitMs = 2_500;

/** Checks that Redis responds, keeps the counters of failed logins, and is not reached in plain text. */
export async function checkRedis(options: RedisCheckOptions): Promise<readonly Check[]> {
  const found = await examine(options);
  return options.isProduction && isPlain(options.url) ? [found, unencrypted] : [found];
}

async function examine({ url, timeoutMs }: RedisCheckOptions): Promise<Check> {
  const redis = connectRedis({ url, timeoutMs, scripts: {} });
  const { host, pathname } = new URL(url);
  try {
    return await withinTime(maxWaitMs, readPolicy(redis, `${host}${pathname}`));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    const advice =
      'start it, or correct RATE_LIMIT_URL; until then, the database counts failed logins';
    return { name, state: 'warning', found: `${host} does not respond: ${reason}`, advice };
  } finally {
    redis.close();
  }
}

const unencrypted: Check = {
  name,
  state: 'warning',
  found: 'the connection to Redis is not encrypted',
  advice: 'use rediss: in RATE_LIMIT_URL unless the network is trusted',
};

function isPlain(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isLocal = ['localhost', '[::1]'].includes(hostname) || hostname.startsWith('127.');
  return protocol === 'redis:' && !isLocal;
}

async function readPolicy(redis: Redis<never>, place: string): Promise<Check> {
  await redis.connected();
  await redis.send('PING');
  // A user of Redis with few rights may not read this.
  const memory = String(await redis.send('INFO', 'memory').catch(() => ''));
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  const isBounded = /^maxmemory:[1-9]/m.test(memory);
  if (policy === 'noeviction' || !isBounded) return { name, state: 'ok', found: place };
  return {
    name,
    state: 'warning',
    found: `${place} removes counters of failed logins when its memory is full: maxmemory-policy ${policy}`,
    advice: 'set maxmemory-policy noeviction',
  };
}

/** @throws {Error} when `work` takes longer. It is not canceled. */
async function withinTime<Result>(waitMs: number, work: Promise<Result>): Promise<Result> {
  const waiting = new AbortController();
  const timeout = setTimeout(waitMs, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`no response within ${waitMs} ms`);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    // Either can still reject, which would be unhandled.
    work.catch(() => undefined);
    timeout.catch(() => undefined);
    waiting.abort();
  }
}
