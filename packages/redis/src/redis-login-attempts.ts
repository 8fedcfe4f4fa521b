import type { AttemptCounter, LoginAttemptStore, TakeOutcome } from 'graphql-gatehouse';
import { z } from 'zod';
import type { loginAttemptScripts } from './login-attempt-scripts.ts';

/** Runs one of the scripts in Redis. */
export type RunLoginAttemptScript = (
  script: keyof typeof loginAttemptScripts,
  keys: readonly string[],
  values: readonly number[],
) => Promise<unknown>;

export interface RedisLoginAttemptsOptions {
  readonly run: RunLoginAttemptScript;
  readonly windowSeconds: number;
  readonly now: () => Date;
}

/** Before every key, so that other programs can use the same Redis. */
const keyPrefix = 'gatehouse:';

/** Counts login attempts in Redis. Each attempt is counted and decided by one script for both counters. */
export function createRedisLoginAttempts(options: RedisLoginAttemptsOptions): LoginAttemptStore {
  const { run, windowSeconds, now } = options;

  return {
    async refusedForMs(counters) {
      const nowMs = now().getTime();
      const bounds = counters.map(({ limit }) => limit);
      const reply = await run('fullUntil', counters.map(keyOf), [nowMs, ...bounds]);
      const [endsAtMs] = z.tuple([z.number()]).parse(reply);
      return Math.max(0, endsAtMs - nowMs);
    },

    async take(counters): Promise<TakeOutcome> {
      const nowMs = now().getTime();
      const bounds = counters.map(({ limit }) => limit);
      const values = [nowMs, nowMs + windowSeconds * 1000, ...bounds];
      const [isTaken, ...counts] = takeReply.parse(await run('take', counters.map(keyOf), values));
      if (isTaken === 0) return { isRefused: true, retryAfterMs: (counts[0] ?? nowMs) - nowMs };
      const taken = counters.map((counter, index) => {
        const [points = 0, endsAtMs = 0] = counts.slice(2 * index);
        const windowEndsAt = new Date(endsAtMs);
        return { ...counter, points, mark: { key: keyOf(counter), windowEndsAt } };
      });
      const last = taken.findLast(({ points, limit }) => points >= limit);
      const exhausted = last ? { what: last.what, endsAt: last.mark.windowEndsAt } : null;
      return { isRefused: false, marks: taken.map(({ mark }) => mark), exhausted };
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

/** 0 and the end of the first full counter, or 1 and the points and end of each counter. */
const takeReply = z.tuple([z.literal([0, 1])], z.number());

const keyOf = ({ what, name }: AttemptCounter): string => `${keyPrefix}${what}:${name}`;
