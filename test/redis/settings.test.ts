import { redis } from '@graphql-gatehouse/redis';
import { expect, it } from 'vitest';
import { type Environment, parseConfig } from '../../src/config/config.ts';

const parse = (environment: Environment) => parseConfig(environment, [redis()]);

it.each([
  'redis://127.0.0.1',
  'redis://127.0.0.1:6380/',
  'redis://:secret@[::1]:6379/15',
  'rediss://user:p%2Fa%23s@redis.example.com:6379/0',
])('%s is the address of a Redis server', (RATE_LIMIT_URL) => {
  expect(parse({ RATE_LIMIT_URL, RATE_LIMIT_TIMEOUT_MS: '80' }).ofPackages).toEqual({
    RATE_LIMIT_URL,
    RATE_LIMIT_TIMEOUT_MS: 80,
  });
});

const encoding = /RATE_LIMIT_URL is not a valid URL: percent-encode/;
const scheme = /RATE_LIMIT_URL must begin with redis:\/\/ or rediss:\/\//;
const database = /RATE_LIMIT_URL must end with its port or the number of a database, such as \/0/;
const password = /RATE_LIMIT_URL has a username without a password/;

it.each([
  ['http://u:heron@127.0.0.1:6379', scheme],
  ['127.0.0.1:6379', scheme],
  ['unix:///run/heron.sock', scheme],
  ['redis://u:he/ron@127.0.0.1', encoding],
  ['redis://u:he#ron@127.0.0.1', encoding],
  ['redis://u:he?ron@127.0.0.1', encoding],
  ['redis://u:he%ron@127.0.0.1', encoding],
  ['redis://', encoding],
  ['redis://u:heron@127.0.0.1/gatehouse', database],
  ['redis://u:heron@127.0.0.1/-1', database],
  ['redis://u:heron@127.0.0.1/1/2', database],
  ['redis://u:heron@127.0.0.1/99999', database],
  ['redis://u:heron@127.0.0.1?db=2', database],
  ['redis://heron@127.0.0.1', password],
])('%s is refused, without its secrets in the message', (RATE_LIMIT_URL, message) => {
  expect(() => parse({ RATE_LIMIT_URL })).toThrow(message);
  expect(() => parse({ RATE_LIMIT_URL })).not.toThrow(/he.?ron/);
});

it.each([
  ['9', 'must be at least 10'],
  ['10001', 'must be at most 10000'],
  ['soon', 'must be a whole number'],
])('RATE_LIMIT_TIMEOUT_MS=%s is refused', (RATE_LIMIT_TIMEOUT_MS, message) => {
  expect(() => parse({ RATE_LIMIT_TIMEOUT_MS })).toThrow(`RATE_LIMIT_TIMEOUT_MS ${message}`);
});

it('Redis is not used unless RATE_LIMIT_URL is set', () => {
  expect(parse({}).ofPackages).toEqual({ RATE_LIMIT_URL: undefined, RATE_LIMIT_TIMEOUT_MS: 250 });
});
