import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import {
  checkDatabase,
  checkDatabaseUser,
  type DatabaseFacts,
} from '../../src/doctor/database-checks.ts';
import { checkRotation } from '../../src/doctor/key-checks.ts';
import { checkSettings, checkThreadPool } from '../../src/doctor/settings-checks.ts';
import type { WorkFacts } from '../../src/doctor/work-checks.ts';

const migrations = {
  applied: ['1'],
  pending: [],
  failed: [],
  edited: [],
  newer: [],
  unknown: [],
  neededVersion: undefined,
};
const work: WorkFacts = {
  nodes: 2,
  waitingEvents: 0,
  findsPartsOfNames: true,
  dueRemovals: 0,
  overdueMs: 0,
};
const sound: DatabaseFacts = {
  description: 'PostgreSQL at db:5432/gatehouse',
  versionNumber: 150_004,
  clockAheadMs: 3,
  migrations,
  removedGroups: [],
  work: { ...work, dueRemovals: 2, overdueMs: 3_600_000 },
  isSuperuser: false,
  findsOwnTablesFirst: false,
};

it.each([
  { events: 10_000, removals: 1_000, found: ['10000 to be sent', 'sessions of 1000 users'] },
  {
    events: 10_001,
    removals: 1_001,
    found: ['more than 10000 are not sent', 'sessions of more than 1000 users'],
  },
])('what waits is counted up to a bound, as of $events events', ({ events, removals, found }) => {
  const counted = { ...work, waitingEvents: events, dueRemovals: removals };
  const texts = checkDatabase({ ...sound, work: counted }).map((check) => check.found);
  for (const text of found) expect(texts).toContainEqual(expect.stringContaining(text));
});

describe('a database', () => {
  it.each([
    {
      found: 'that finds users only by the beginning of a name',
      facts: { work: { ...work, findsPartsOfNames: false } },
      state: 'warning',
    },
    {
      found: 'for which a name such as users means a table of Gatehouse',
      facts: { findsOwnTablesFirst: true },
      state: 'problem',
    },
    {
      found: 'with sessions that should have been removed an hour ago',
      facts: { work: { ...work, dueRemovals: 1, overdueMs: 3_600_001 } },
      state: 'warning',
    },
    {
      found: 'with sessions that are being removed',
      facts: { work: { ...work, dueRemovals: 1, overdueMs: 120_000 } },
      state: 'ok',
    },
    {
      found: 'with more events than nodes send at once',
      facts: { work: { ...work, waitingEvents: 10_001 } },
      state: 'warning',
    },
    {
      found: 'with events of commands, before the first node starts',
      facts: { work: { ...work, nodes: 0, waitingEvents: 10_001 } },
      state: 'ok',
    },
    {
      found: 'in the process of its only node',
      facts: { work: { ...work, nodes: null } },
      state: 'ok',
    },
    { found: 'of an old version', facts: { versionNumber: 140_009 }, state: 'problem' },
    { found: 'whose clock is a second off', facts: { clockAheadMs: -1100 }, state: 'warning' },
    { found: 'whose clock is six seconds off', facts: { clockAheadMs: 6_000 }, state: 'problem' },
    { found: 'whose clock is a minute off', facts: { clockAheadMs: 60_000 }, state: 'problem' },
    {
      found: 'with a migration that failed',
      facts: { migrations: { ...migrations, failed: ['2'] } },
      state: 'problem',
    },
    {
      found: 'with a migration that is another one now',
      facts: { migrations: { ...migrations, edited: ['1'] } },
      state: 'problem',
    },
    {
      found: 'from a newer release that breaks this one',
      facts: { migrations: { ...migrations, unknown: ['9'] } },
      state: 'problem',
    },
    {
      found: 'from a newer release that this one can work with',
      facts: { migrations: { ...migrations, newer: ['9'] } },
      state: 'warning',
    },
    {
      found: 'that lacks a migration',
      facts: { migrations: { ...migrations, pending: ['2'] } },
      state: 'warning',
    },
    { found: 'that is sound', facts: {}, state: 'ok' },
  ])('$found gets the state "$state", with advice unless it is sound', ({ facts, state }) => {
    const checks = checkDatabase({ ...sound, ...facts });
    const [worst] = checks.filter((check) => check.state !== 'ok');
    expect(worst?.state ?? 'ok').toBe(state);
    expect(worst?.advice === undefined).toBe(state === 'ok');
  });
});

describe('the user of a database', () => {
  it('is reported when it is a superuser', () => {
    expect(checkDatabaseUser(sound)).toEqual([]);
    expect(checkDatabaseUser({ ...sound, isSuperuser: true })).toEqual([
      {
        name: 'database user',
        state: 'warning',
        found: 'is a superuser',
        advice: expect.stringContaining('without SUPERUSER'),
      },
    ]);
  });
});

describe('the signing keys', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const key = {
    kid: 'a',
    state: 'signing',
    createdAt: now,
    signsFrom: null,
    endsAt: null,
  } as const;
  const old = { ...key, createdAt: new Date('2025-06-01T00:00:00Z') };

  it.each([
    { keys: [key], state: 'ok', which: 'are in order' },
    { keys: [old], state: 'warning', which: 'are old' },
    { keys: [old, { ...key, state: 'next' } as const], state: 'ok', which: 'are being replaced' },
    { keys: [{ ...key, state: 'next' } as const], state: 'problem', which: 'do not sign yet' },
  ])('that $which get the state "$state"', ({ keys, state }) => {
    expect(checkRotation(keys, now).state).toBe(state);
  });
});

describe('the settings', () => {
  const production = {
    NODE_ENV: 'production',
    SIGNING_KEYS: 'keys.json',
    DATABASE_URL: 'postgresql://127.0.0.1/gatehouse',
    TRUST_PROXY: '10.0.0.5',
  };

  it.each([
    [{ ADMIN_PASSWORD: 'heron-secret-71' }, /ADMIN_PASSWORD/],
    [{ DATABASE_URL: '' }, /embedded/],
    [{ DATABASE_URL: 'postgresql://u:heron-secret-71@db.example.com/x' }, /not encrypted/],
    [{ DATABASE_URL: 'postgresql://db.example.com/x?sslmode=disable' }, /not encrypted/],
    [{ TRUST_PROXY: '' }, /no proxy is trusted/],
    [{ ALLOWED_ORIGINS: 'http://app.example.com' }, /origin without TLS/],
  ])('%j in production are worth a warning, without a secret in it', (change, found) => {
    const checks = checkSettings(parseConfig({ ...production, ...change }));
    expect(checks).toEqual([
      expect.objectContaining({ state: 'warning', found: expect.stringMatching(found) }),
    ]);
    expect(JSON.stringify(checks)).not.toContain('heron-secret');
  });

  it.each([
    [{}],
    [{ DATABASE_URL: 'postgresql://db.example.com/x?sslmode=verify-full' }],
    [{ RATE_LIMIT_URL: 'rediss://u:heron-secret-71@redis.example.com/1' }],
    [{ RATE_LIMIT_URL: 'redis://127.0.0.1' }],
    [{ ALLOWED_ORIGINS: 'https://app.example.com' }],
  ])('%j in production are fine', (change) => {
    expect(checkSettings(parseConfig({ ...production, ...change }))).toEqual([
      expect.objectContaining({ state: 'ok' }),
    ]);
  });

  it('leave a core without hashes when the thread pool is small, with advice to use it', () => {
    const config = parseConfig({ UV_THREADPOOL_SIZE: '4' });
    expect(checkThreadPool(config, 2).state).toBe('ok');
    expect(checkThreadPool(config, 8)).toMatchObject({
      state: 'warning',
      advice: 'start the process with UV_THREADPOOL_SIZE=10',
    });
  });
});
