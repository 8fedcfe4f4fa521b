import { z } from 'zod';
import { redisUrl } from './redis-url.ts';
import { day, setting, text, wholeNumber } from './setting.ts';

/** Tokens, sessions, passwords and the first user. */
export const authenticationSettings = {
  SIGNING_KEYS: setting(
    z.string().min(1, 'must not be empty').optional(),
    'Path of a file with the JSON Web Key Set that signs access tokens, the same for every node; mode 0600, or 0640 if owned by root. Not set: created in DATA_DIR. Required in production with DATABASE_URL.',
  ),
  TOKEN_ISSUER: setting(text('gatehouse'), 'The issuer of access tokens: their `iss` claim.'),
  TOKEN_AUDIENCE: setting(text('gatehouse'), 'The audience of access tokens: their `aud` claim.'),
  ACCESS_TOKEN_SECONDS: setting(
    wholeNumber(1, day, 600),
    'Lifetime of an access token, in seconds.',
  ),
  JWKS_MAX_AGE_SECONDS: setting(
    wholeNumber(1, day, 300),
    'How long verifiers may cache the public keys from /.well-known/jwks.json, in seconds. By default, a new key is published for twice this time before it signs.',
  ),
  SESSION_SECONDS: setting(
    wholeNumber(60, 365 * day, 30 * day),
    'Maximum lifetime of a session from login, in seconds. Default: 30 days.',
  ),
  SESSION_IDLE_SECONDS: setting(
    wholeNumber(60, 365 * day, 7 * day),
    'Lifetime of a session from its last refresh, in seconds. Default: 7 days.',
  ),
  MAX_SESSIONS_PER_USER: setting(
    wholeNumber(1, 10_000, 100),
    'Maximum number of live sessions per user. Beyond it, a login ends the session used least recently.',
  ),
  SESSION_COOKIE_SAMESITE: setting(
    z.enum(['strict', 'lax']).default('strict'),
    'Whether browsers send the session cookie when a link on another site opens a page. strict: no. lax: yes, for pages that are rendered on a server with the cookie. Requests of other sites to the API are rejected with either.',
  ),
  REFRESH_GRACE_SECONDS: setting(
    wholeNumber(0, 60, 10),
    'How long the last used refresh token may be reused to get the same successor, in seconds. It keeps the session open after a lost response and with several tabs. 0: no reuse.',
  ),
  BCRYPT_COST: setting(
    wholeNumber(4, 18, 12),
    'The bcrypt cost factor: each step doubles the time of a login. At least 10 in production.',
  ),
  MIN_PASSWORD_LENGTH: setting(
    wholeNumber(8, 64, 15),
    'Minimum length of a new password, in characters.',
  ),
  LOGIN_ATTEMPTS_PER_ACCOUNT: setting(
    wholeNumber(1, 1_000_000, 10),
    'Maximum number of failed login attempts per account within a window. Further attempts are rejected until the window ends.',
  ),
  LOGIN_ATTEMPTS_PER_ADDRESS: setting(
    wholeNumber(1, 1_000_000, 100),
    'Maximum number of failed login attempts per client address (IPv6: per /64 network) within a window.',
  ),
  LOGIN_WINDOW_SECONDS: setting(
    wholeNumber(1, day, 15 * 60),
    'Length of the window for failed login attempts, in seconds from the first failure.',
  ),
  RATE_LIMIT_URL: setting(
    redisUrl.optional(),
    'The URL of a Redis server, version 6 or later, that counts failed login attempts, such as rediss://user:password@host:6379/0. rediss: with TLS. Percent-encode special characters in the password. Requires the package @redis/client beside Gatehouse; without it, the error at start has the command to install it. While Redis is unavailable, the database counts. Not set: the database counts.',
    'place',
  ),
  RATE_LIMIT_TIMEOUT_MS: setting(
    wholeNumber(10, 10_000, 250),
    'Maximum time that a login waits for Redis at RATE_LIMIT_URL before the database counts it, in milliseconds.',
  ),
  ADMIN_USERNAME: setting(
    text('admin'),
    'Username of the first user, who is created only in an empty database.',
  ),
  ADMIN_PASSWORD: setting(
    z.string().optional(),
    'Password of the first user. Used only when that user is created in an empty database. Not set: a random password is generated and printed once.',
    'presence',
  ),
};
