import { expect, it } from 'vitest';
import { createUnavailableLog } from '../../src/cli/unavailable-log.ts';
import { adviceOnUnreachable } from '../../src/config/unreachable-database.ts';

const databaseUrl = 'postgresql://user:heron@db.exampel.org:6432/name';
const failed = (code: string) => Object.assign(new Error('failed'), { code });

it.each([
  { what: 'a misspelt host name', error: failed('ENOTFOUND'), advice: /db\.exampel\.org.*DNS/ },
  { what: 'a resolver that is down', error: failed('EAI_AGAIN'), advice: /db\.exampel\.org.*DNS/ },
  { what: 'a wrong port', error: failed('ECONNREFUSED'), advice: /db\.exampel\.org, port 6432/ },
  {
    what: 'a wrong port of a host with two addresses',
    error: new Error('failed', { cause: new AggregateError([failed('ECONNREFUSED')]) }),
    advice: /^nothing listens at db\.exampel\.org, port 6432/,
  },
  { what: 'anything else', error: failed('ETIMEDOUT'), advice: /host name, DNS and port/ },
])('says what to check for $what, without the password', ({ error, advice }) => {
  const text = adviceOnUnreachable({ databaseUrl }, error);
  expect(text).toMatch(advice);
  expect(text).not.toContain('heron');
});

it.each([
  { url: 'postgresql:///name?host=/run/postgresql', expected: '/run/postgresql, port 5432' },
  { url: 'postgresql://%2Frun%2Fpostgresql/name', expected: '/run/postgresql, port 5432' },
  { url: 'postgresql://db/name', expected: 'db, port 5432' },
])('names the address in $url', ({ url, expected }) => {
  expect(adviceOnUnreachable({ databaseUrl: url }, undefined)).toContain(expected);
});

it('says it in the log after a minute, and each minute again', () => {
  let elapsedMs = 0;
  const advised: number[] = [];
  const log = createUnavailableLog({
    config: { databaseUrl },
    logger: { warn: (line: unknown) => void (typeof line === 'string' && advised.push(elapsedMs)) },
    elapsedMs: () => elapsedMs,
  });
  for (; elapsedMs <= 150_000; elapsedMs += 1_000) log(failed('ENOTFOUND'));
  expect(advised).toEqual([60_000, 120_000]);
});
