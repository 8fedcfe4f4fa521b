import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { createMailDomain } from './account/domain.ts';
import { background, openMail } from './background.ts';
import { checkSettings } from './check-settings.ts';
import { commands } from './commands/commands.ts';
import { checkQueue, checkServer } from './doctor.ts';
import { notify } from './notices/notify.ts';
import type { MailOptions } from './options.ts';
import type { MailRuntime } from './parts.ts';
import { type MailSettings, settings } from './settings.ts';
import { readLanguages } from './texts/languages.ts';

export type { MailOptions } from './options.ts';
export type { LanguageTexts, MailText, MailTexts } from './texts/mail-texts.ts';

/** Only ADMIN names invitations and other users, who are no secret to it. */
const accepts = {
  'Mutation.cancelInvitation(id:)': 'an ADMIN sees all invitations',
  'Mutation.sendPasswordReset(userId:)': 'an ADMIN sees all users',
};

const known = { signUp: true, signUpGroups: true, texts: true } as const satisfies Record<
  keyof MailOptions,
  true
>;

/** Accounts by mail: `packages: [mail()]`. */
export function mail(options: MailOptions = {}): GatehousePackage<MailSettings> {
  // A wrong text stops the start.
  readLanguages(options.texts ?? {});
  return definePackage({
    name: 'mail',
    options: { given: options, known },
    settings,
    checkSettings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
    },
    accepts,
    open: (runtime: MailRuntime) => openMail(runtime, options),
    domains: (parts) => [createMailDomain(parts, { hasSignUp: options.signUp === true })],
    commands,
    background,
    doctor: checkServer,
    checkTables: checkQueue,
    notify,
  });
}
