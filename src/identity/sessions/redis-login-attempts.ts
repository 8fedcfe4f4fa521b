import { z } from 'zod';
import type { loginAttemptScripts } from './login-attempt-scripts.ts';
import {
  type Counted,
  counterNames,
  type LoginAttemptStore,
  type LoginLimits,
  type TakeOutcome,
} from './login-attempt-store.ts';

/** Runs one of the scripts in Redis. */
export type RunLoginAttemptScript = (
  script: keyof typeof loginAttemptScripts,
  keys: readonly string[],
  values: readonly number[],
) => Promise<unknown>;

export interface RedisLoginAttemptsOptions {
  readonly run: RunLoginAttemptScript;
  readonly limits: LoginLimits;
  readonly now: () => Date;
}

/** Before every key, so that other programs can use the same Redis. */
const keyPrefix = 'gatehouse:';

/** Counts login attempts in Redis. Each attempt is counted and decided by one script for both counters. */
export function createRedisLoginAttempts(options: RedisLoginAttemptsOptions): LoginAttemptStore {
  const { run, limits, now } = options;
  // The address first: an address without attempts left cannot use up those of accounts.
  const bounds = [limits.perAddress, limits.perAccount];

  return {
    async refusedForMs(counted) {
      const nowMs = now().getTime();
      const reply = await run('fullUntil', keysOf(counted), [nowMs, ...bounds]);
      const [endsAtMs] = z.tuple([z.number()]).parse(reply);
      return Math.max(0, endsAtMs - nowMs);
    },

    async take(counted): Promise<TakeOutcome> {
      const keys = keysOf(counted);
      const nowMs = now().getTime();
      const times = [nowMs, nowMs + limits.windowSeconds * 1000];
      const reply = takeReply.parse(await run('take', keys, [...times, ...bounds]));
      if (reply[0] === 0) return { isRefused: true, retryAfterMs: reply[1] - nowMs };
      const [, addressPoints, addressEndsAtMs, accountPoints, accountEndsAtMs] = reply;
      const address = { key: keys[0], windowEndsAt: new Date(addressEndsAtMs) };
      const account = { key: keys[1], windowEndsAt: new Date(accountEndsAtMs) };
      const [exhausted = null] = [
        {
          what: 'account' as const,
          endsAt: account.windowEndsAt,
          left: limits.perAccount - accountPoints,
        },
        {
          what: 'address' as const,
          endsAt: address.windowEndsAt,
          left: limits.perAddress - addressPoints,
        },
      ]
        .filter(({ left }) => left <= 0)
        .map(({ what, endsAt }) => ({ what, endsAt }));
      return { isRefused: false, marks: [address, account], exhausted };
    },

    async giveBack(marks) {
      if (marks.length === 0) return;
      await run(
        'giveBack',
        marks.map(({ key }) => key),
        marks.map(({ windowEndsAt }) => windowEndsAt.getTime()),
      );
    },
  };
}

const takeReply = z.union([
  z.tuple([z.literal(0), z.number()]),
  z.tuple([z.literal(1), z.number(), z.number(), z.number(), z.number()]),
]);

function keysOf(counted: Counted): readonly [address: string, account: string] {
  const { address, account } = counterNames(counted);
  return [`${keyPrefix}address:${address}`, `${keyPrefix}account:${account}`];
}
