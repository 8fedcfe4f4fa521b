import type { GatehousePackage } from 'graphql-gatehouse';
import { type RedisSettings, settings } from './settings.ts';

/** Its settings are environment variables. */
type NoOptions = Readonly<Record<string, never>>;

/** Counts failed logins in Redis, if `RATE_LIMIT_URL` is set: `packages: [redis()]`. */
export const redis = (given: NoOptions = {}): GatehousePackage<RedisSettings> => ({
  name: 'redis',
  options: { given, known: {} },
  settings,
  // The client of Redis is loaded when it is used.
  async loginAttempts({ settings: { RATE_LIMIT_URL: url, RATE_LIMIT_TIMEOUT_MS }, log }, table) {
    if (url === undefined) return undefined;
    const { openCounters } = await import('./counters.ts');
    return openCounters({ url, timeoutMs: RATE_LIMIT_TIMEOUT_MS, log, table });
  },
  async doctor({ settings: { RATE_LIMIT_URL: url, RATE_LIMIT_TIMEOUT_MS }, isProduction }) {
    if (url === undefined) return [];
    const { checkRedis } = await import('./check.ts');
    return checkRedis({ url, timeoutMs: RATE_LIMIT_TIMEOUT_MS, isProduction });
  },
});
