import { z } from 'zod';
import { isDatabaseUrl } from './database-url.ts';

const notUrl =
  'is not a valid URL: percent-encode special characters in the user name and password, such as / as %2F';

/** The URL of one Redis server. Parts that the client library would ignore are rejected. */
export const redisUrl = z
  .string()
  .regex(/^rediss?:\/\//, { error: 'must begin with redis:// or rediss://', abort: true })
  .refine((text) => isDatabaseUrl(text) && new URL(text).hostname !== '', {
    error: notUrl,
    abort: true,
  })
  .refine(namesDatabase, {
    error: 'must end with its port or the number of a database, such as /0',
    abort: true,
  })
  .refine(hasPassword, 'has a user name without a password: write :password@ for a password alone');

function namesDatabase(text: string): boolean {
  const { pathname, search } = new URL(text);
  return search === '' && /^\/?$|^\/\d{1,4}$/.test(pathname);
}

function hasPassword(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' || password !== '';
}
