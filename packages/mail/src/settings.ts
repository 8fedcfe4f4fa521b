import type {
  GatehousePackage,
  PackageRuntime,
  PackageSetting,
  SettingValues,
} from 'graphql-gatehouse';
import { z } from 'zod';
import { originsOf } from './links/links.ts';
import { createLinksSetting } from './links/links-setting.ts';
import { mailUrlSetting, senderSetting } from './outbox/mail-url.ts';

const seconds = (least: number, most: number, usual: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
    .default(usual);

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** 32 bytes in base64url: 43 characters. */
const keyForm = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const list = new Intl.ListFormat('en-GB');

/** Creates the settings: the server for mails, the pages of mails with links, and how long links work. */
export const createSettings = (linkNames: readonly string[]) =>
  ({
    MAIL_URL: {
      schema: mailUrlSetting.optional(),
      meaning:
        'The SMTP server that sends mails, such as smtps://user:password@smtp.example.org, or smtp:// with STARTTLS. Required in production. Not set: mails are printed.',
      shows: 'place',
    },
    MAIL_FROM: {
      schema: senderSetting.optional(),
      meaning:
        'The address that mails come from, such as accounts@example.org. Required with MAIL_URL.',
      shows: 'value',
    },
    MAIL_SITE: {
      schema: z
        .string()
        .regex(
          /^[^\p{C}\p{Zl}\p{Zp}<>"]{1,64}$/u,
          'must have 1 to 64 characters, without < > and "',
        )
        .default('Gatehouse'),
      meaning: 'The name of this installation in mails.',
      shows: 'value',
    },
    MAIL_KEY: {
      schema: z
        .string()
        .regex(keyForm, 'must be 32 random bytes in base64url: 43 characters')
        .transform((text): Uint8Array => Buffer.from(text, 'base64url'))
        .optional(),
      meaning:
        "The key that makes the tokens of links: 32 random bytes in base64url. Make one with: node -p \"require('node:crypto').randomBytes(32).toString('base64url')\". Required in production. Not set: a key in the database, which protects nothing.",
      shows: 'presence',
    },
    MAIL_LINKS: {
      schema: createLinksSetting(linkNames).optional(),
      meaning: `The pages that links open, by application: web=https://www.example.org/account/{purpose}, or one for each purpose, such as web.reset=https://www.example.org/password; several are separated by commas. The purposes are ${list.format(linkNames)}. The first application is the default. Each origin must be in ALLOWED_ORIGINS, or that of TOKEN_ISSUER. Required in production. Not set: http://localhost:5173/account.html?{purpose}.`,
      shows: 'value',
    },
    MAIL_LOCALE: {
      schema: z
        .string()
        .regex(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/, 'must be a language in lower case, such as en')
        .default('en'),
      meaning: 'The language of mails for which none was chosen. The package has en and de.',
      shows: 'value',
    },
    MAIL_LINK_SECONDS: {
      schema: seconds(5 * minute, hour, 30 * minute),
      meaning:
        'How long links to a new password and to a new account work, in seconds. Default: 30 minutes.',
      shows: 'value',
    },
    MAIL_INVITATION_SECONDS: {
      schema: seconds(hour, 30 * day, 7 * day),
      meaning: 'How long invitations can be accepted, in seconds. Default: 7 days.',
      shows: 'value',
    },
    MAIL_VERIFICATION_SECONDS: {
      schema: seconds(10 * minute, 7 * day, day),
      meaning: 'How long links that verify an address work, in seconds. Default: 24 hours.',
      shows: 'value',
    },
    MAIL_UNDO_SECONDS: {
      schema: seconds(day, 30 * day, 7 * day),
      meaning: 'How long the earlier address can be restored, in seconds. Default: 7 days.',
      shows: 'value',
    },
    MAIL_RESETS_BY: {
      schema: z.enum(['mail', 'administrators']).default('mail'),
      meaning:
        'Who chooses the new password of a user with a verified address. mail: the user alone, so that `resetPassword` fails; administrators: they can as well.',
      shows: 'value',
    },
    MAIL_VERIFICATIONS_PER_MINUTE: {
      schema: seconds(1, 6000, 60),
      meaning: 'How many mails `gatehouse mail verify-all` sends in a minute.',
      shows: 'value',
    },
  }) satisfies Record<string, PackageSetting>;

export type MailSettings = SettingValues<ReturnType<typeof createSettings>>;

export type MailRuntime = PackageRuntime<MailSettings>;

type CheckSettings = NonNullable<GatehousePackage<MailSettings>['checkSettings']>;

/** Finds settings that are valid alone, but not together. */
export const checkSettings: CheckSettings = (given, { isProduction, origins }) => {
  const { MAIL_URL: url, MAIL_FROM: from, MAIL_LINKS: links = new Map() } = given;
  const missing = (['MAIL_URL', 'MAIL_KEY', 'MAIL_LINKS'] as const).filter(
    (name) => isProduction && given[name] === undefined,
  );
  const foreign = originsOf(links).filter((each) => !origins.includes(each));
  const message = `has pages of origins that are neither in ALLOWED_ORIGINS nor that of TOKEN_ISSUER: ${foreign.join(', ')}`;
  return [
    ...missing.map((name) => ({ name, message: 'is required in production' })),
    ...(url !== undefined && from === undefined
      ? [{ name: 'MAIL_FROM', message: 'is required with MAIL_URL' }]
      : []),
    ...(foreign.length > 0 ? [{ name: 'MAIL_LINKS', message }] : []),
  ];
};
