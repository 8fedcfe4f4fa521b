import { z } from 'zod';
import { day, setting, text, wholeNumber } from './setting.ts';

/** Tokens, sessions, passwords and the first user. */
export const authenticationSettings = {
  SIGNING_KEYS: setting(
    z.string().min(1, 'must not be empty').optional(),
    'A file with the JSON Web Key Set that signs access tokens, mode 0600, the same for every node. Not set: made in DATA_DIR. Required in production with DATABASE_URL.',
  ),
  TOKEN_ISSUER: setting(text('gatehouse'), 'The claim `iss` of access tokens: who issues them.'),
  TOKEN_AUDIENCE: setting(
    text('gatehouse'),
    'The claim `aud` of access tokens: for whom they are meant.',
  ),
  ACCESS_TOKEN_SECONDS: setting(wholeNumber(1, day, 600), 'How long an access token lives.'),
  JWKS_MAX_AGE_SECONDS: setting(
    wholeNumber(1, day, 300),
    'How long others may keep the public keys of /.well-known/jwks.json. A new key is published twice as long before it signs.',
  ),
  SESSION_SECONDS: setting(
    wholeNumber(60, 365 * day, 30 * day),
    'How long a session lives from its login on: 30 days.',
  ),
  SESSION_IDLE_SECONDS: setting(
    wholeNumber(60, 365 * day, 7 * day),
    'How long a session lives from its last refresh on: 7 days.',
  ),
  REFRESH_GRACE_SECONDS: setting(
    wholeNumber(0, 60, 10),
    'For how long the refresh token used last may come again and gets the same successor, so that neither a lost answer nor a second tab ends the session. 0: not at all.',
  ),
  BCRYPT_COST: setting(
    wholeNumber(4, 18, 12),
    'The work factor of bcrypt: each step doubles the time of a login. At least 10 in production.',
  ),
  MIN_PASSWORD_LENGTH: setting(
    wholeNumber(8, 64, 15),
    'The least number of characters of a new password.',
  ),
  LOGIN_ATTEMPTS_PER_ACCOUNT: setting(
    wholeNumber(1, 1_000_000, 10),
    'How many attempts to log in may fail at one account within a window. Then they are refused until it ends.',
  ),
  LOGIN_ATTEMPTS_PER_ADDRESS: setting(
    wholeNumber(1, 1_000_000, 100),
    'The same from one address (IPv6: one /64 network).',
  ),
  LOGIN_WINDOW_SECONDS: setting(
    wholeNumber(1, day, 15 * 60),
    'How long such a window is, from the first failure on.',
  ),
  ADMIN_USERNAME: setting(text('admin'), 'The first user of an empty database.'),
  ADMIN_PASSWORD: setting(
    z.string().optional(),
    'Its password. Not set: a random one is made and printed once.',
    'presence',
  ),
};
