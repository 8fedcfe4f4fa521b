import { z } from 'zod';

const notUrl =
  'is not a valid URL: percent-encode special characters in the username and password, such as / as %2F';

/** The URL of one Redis server. Parts that the client library would ignore are rejected. */
export const redisUrl = z
  .string()
  .regex(/^rediss?:\/\//, { error: 'must begin with redis:// or rediss://', abort: true })
  .refine(isWhole, { error: notUrl, abort: true })
  .refine(namesDatabase, {
    error: 'must end with its port or the number of a database, such as /0',
    abort: true,
  })
  .refine(hasPassword, 'has a username without a password: write :password@ for a password alone');

/** An unencoded `/`, `?` or `#` in the password ends the host early: then the `@` comes after the host, or in no part. */
function isWhole(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(text);
  const isCutShort = hash !== '' || `${pathname}${search}`.includes('@');
  return hostname !== '' && !isCutShort && [username, password].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function namesDatabase(text: string): boolean {
  const { pathname, search } = new URL(text);
  return search === '' && /^\/?$|^\/\d{1,4}$/.test(pathname);
}

function hasPassword(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' || password !== '';
}
