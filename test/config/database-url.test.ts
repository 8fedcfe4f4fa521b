import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';

it.each([
  'postgresql://one,two/app',
  'postgresql://user:a%2Cb@one:5432,two:5433/app?target_session_attrs=read-write',
])('a URL with several hosts, which pg does not know, is refused: %s', (DATABASE_URL) => {
  expect(() => parseConfig({ DATABASE_URL })).toThrow('DATABASE_URL names several hosts');
});

it.each(['postgresql://user:a,b@one/app', 'postgresql://one/a,b?options=c,d'])(
  'a comma outside of the host is accepted: %s',
  (DATABASE_URL) => {
    expect(parseConfig({ DATABASE_URL }).databaseUrl).toBe(DATABASE_URL);
  },
);

it.each(['DATABASE_DIRECT_URL', 'DATABASE_REPLICA_URL'])('%s requires DATABASE_URL', (name) => {
  expect(() => parseConfig({ [name]: 'postgresql://one/app' })).toThrow(
    `${name} requires DATABASE_URL`,
  );
});
