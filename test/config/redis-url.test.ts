import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';

it.each([
  'redis://127.0.0.1',
  'redis://127.0.0.1:6380/',
  'redis://:secret@[::1]:6379/15',
  'rediss://user:p%2Fa%23s@redis.example.com:6379/0',
])('%s is the address of a Redis server', (RATE_LIMIT_URL) => {
  expect(parseConfig({ RATE_LIMIT_URL }).rateLimitRedis?.url).toBe(RATE_LIMIT_URL);
});

const encoding = /RATE_LIMIT_URL is not a valid URL: percent-encode/;
const scheme = /RATE_LIMIT_URL must begin with redis:\/\/ or rediss:\/\//;
const database = /RATE_LIMIT_URL must end with its port or the number of a database, such as \/0/;
const password = /RATE_LIMIT_URL has a user name without a password/;

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
  expect(() => parseConfig({ RATE_LIMIT_URL })).toThrow(message);
  expect(() => parseConfig({ RATE_LIMIT_URL })).not.toThrow(/he.?ron/);
});
