import type { PackageSetting, SettingValues } from 'graphql-gatehouse';
import { z } from 'zod';
import { redisUrl } from './redis-url.ts';

const timeoutMs = z
  .string()
  .regex(/^-?\d+$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().min(10, 'must be at least 10').max(10_000, 'must be at most 10000'));

/** Where Redis is, and how long logins wait for it. */
export const settings = {
  RATE_LIMIT_URL: {
    schema: redisUrl.optional(),
    meaning:
      'The URL of a Redis server, version 6 or later, that counts failed login attempts, such as rediss://user:password@host:6379/0. rediss: with TLS. Percent-encode special characters in the password. While Redis is unavailable, the database counts. Not set: the database counts.',
    shows: 'place',
  },
  RATE_LIMIT_TIMEOUT_MS: {
    schema: timeoutMs.default(250),
    meaning:
      'Maximum time that a login waits for Redis at RATE_LIMIT_URL before the database counts it, in milliseconds.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

export type RedisSettings = SettingValues<typeof settings>;
