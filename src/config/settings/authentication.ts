import { z } from 'zod';
import { passwordWords } from './password-words.ts';
import { day, settingFacts, text, wholeNumber } from './setting.ts';

export const authenticationSettings = {
  signingKeys: z.object({
    file: z.string().min(1, 'must not be empty').optional().register(settingFacts, {
      name: 'SIGNING_KEYS',
      meaning:
        'Path of a file with the JSON Web Key Set that signs access tokens, the same for every node; mode 0600, or 0640 if owned by root. Not set: created in DATA_DIR. Required in production with DATABASE_URL.',
    }),
    jwksMaxAgeSeconds: wholeNumber(1, day, 300).register(settingFacts, {
      name: 'JWKS_MAX_AGE_SECONDS',
      meaning:
        'How long verifiers may cache the public keys from /.well-known/jwks.json, in seconds. By default, a new key is published for twice this time before it signs.',
    }),
  }),
  accessToken: z.object({
    issuer: text('gatehouse').register(settingFacts, {
      name: 'TOKEN_ISSUER',
      meaning: 'The issuer of access tokens: their `iss` claim.',
    }),
    audience: text('gatehouse').register(settingFacts, {
      name: 'TOKEN_AUDIENCE',
      meaning: 'The audience of access tokens: their `aud` claim.',
    }),
    lifetimeSeconds: wholeNumber(1, day, 600).register(settingFacts, {
      name: 'ACCESS_TOKEN_SECONDS',
      meaning: 'Lifetime of an access token, in seconds.',
    }),
    scope: z.enum(['off', 'groups']).default('off').register(settingFacts, {
      name: 'TOKEN_SCOPE',
      meaning:
        'The scope of access tokens: their `scope` claim. off: they have none. groups: the names in `groups`, separated by spaces, for a router of Apollo Federation in front of the server.',
    }),
  }),
  sessionLifetimeSeconds: wholeNumber(60, 365 * day, 30 * day).register(settingFacts, {
    name: 'SESSION_SECONDS',
    meaning: 'Maximum lifetime of a session from login, in seconds. Default: 30 days.',
  }),
  sessionIdleSeconds: wholeNumber(60, 365 * day, 7 * day).register(settingFacts, {
    name: 'SESSION_IDLE_SECONDS',
    meaning: 'Lifetime of a session from its last refresh, in seconds. Default: 7 days.',
  }),
  maxSessionsPerUser: wholeNumber(1, 10_000, 100).register(settingFacts, {
    name: 'MAX_SESSIONS_PER_USER',
    meaning:
      'Maximum number of live sessions per user. Beyond it, a login ends the session used least recently.',
  }),
  sessionCookieSameSite: z.enum(['strict', 'lax']).default('strict').register(settingFacts, {
    name: 'SESSION_COOKIE_SAMESITE',
    meaning:
      'Whether browsers send the session cookie when a link on another site opens a page. strict: no. lax: yes, for pages that are rendered on a server with the cookie. Requests of other sites to the API are rejected with either.',
  }),
  refreshGraceSeconds: wholeNumber(0, 60, 10).register(settingFacts, {
    name: 'REFRESH_GRACE_SECONDS',
    meaning:
      'How long the last used refresh token may be reused to get the same successor, in seconds. It keeps the session open after a lost response and with several tabs. 0: no reuse.',
  }),
  bcryptCost: wholeNumber(4, 18, 12).register(settingFacts, {
    name: 'BCRYPT_COST',
    meaning:
      'The bcrypt cost factor: each step doubles the time of a login. At least 10 in production.',
  }),
  passwordSettings: z.object({
    minLength: wholeNumber(8, 64, 15).register(settingFacts, {
      name: 'MIN_PASSWORD_LENGTH',
      meaning: 'Minimum length of a new password, in characters.',
    }),
    words: passwordWords.default([]).register(settingFacts, {
      name: 'PASSWORD_WORDS',
      meaning:
        'Words that make a new password easy to guess here, separated by commas: names of your organization, products and systems, such as acme,falcon. At most 100 words of 2 to 32 characters.',
    }),
  }),
  loginLimits: z.object({
    perAccount: wholeNumber(1, 1_000_000, 10).register(settingFacts, {
      name: 'LOGIN_ATTEMPTS_PER_ACCOUNT',
      meaning:
        'Maximum number of failed login attempts per account within a window. Further attempts are rejected until the window ends.',
    }),
    perAddress: wholeNumber(1, 1_000_000, 100).register(settingFacts, {
      name: 'LOGIN_ATTEMPTS_PER_ADDRESS',
      meaning:
        'Maximum number of failed login attempts per client address (IPv6: per /64 network) within a window.',
    }),
    windowSeconds: wholeNumber(1, day, 15 * 60).register(settingFacts, {
      name: 'LOGIN_WINDOW_SECONDS',
      meaning: 'Length of the window for failed login attempts, in seconds from the first failure.',
    }),
  }),
  firstAdmin: z.object({
    username: text('admin').register(settingFacts, {
      name: 'ADMIN_USERNAME',
      meaning: 'Username of the first user, who is created only in an empty database.',
    }),
    password: z.string().optional().register(settingFacts, {
      name: 'ADMIN_PASSWORD',
      meaning:
        'Password of the first user. Used only when that user is created in an empty database. Not set: a random password is generated and printed once.',
      shows: 'presence',
    }),
  }),
};
