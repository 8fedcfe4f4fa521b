import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { createMailDomain } from './account/domain.ts';
import { background, openMail } from './background.ts';
import { commands } from './commands/commands.ts';
import { checkQueue, checkServer } from './doctor.ts';
import { notify } from './notices/notify.ts';
import type { MailOptions } from './options.ts';
import { linkNames, type Purpose, toPurposes } from './purpose.ts';
import { checkSettings, createSettings, type MailRuntime, type MailSettings } from './settings.ts';
import { readLanguages } from './texts/languages.ts';

/** Only ADMIN names invitations and other users, who are no secret to it. */
const accepts = {
  'Mutation.cancelInvitation(id:)': 'an ADMIN sees all invitations',
  'Mutation.sendPasswordReset(userId:)': 'an ADMIN sees all users',
};

const known: Record<keyof MailOptions, true> = { signUp: true, signUpGroups: true, texts: true };

export function createMailPackage(
  rows: readonly Purpose[],
  options: MailOptions,
): GatehousePackage<MailSettings> {
  const purposes = toPurposes(rows);
  // A wrong text stops the start.
  readLanguages(purposes, options.texts ?? {});
  return definePackage({
    name: 'mail',
    options: { given: options, known },
    settings: createSettings(linkNames(rows)),
    checkSettings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
    },
    accepts,
    open: (runtime: MailRuntime) => openMail(runtime, options, purposes),
    domains: (parts) => [createMailDomain(parts, { hasSignUp: options.signUp === true })],
    commands,
    background,
    doctor: checkServer,
    checkTables: checkQueue,
    notify: (sql, notice, runtime: MailRuntime) =>
      notify(sql, notice, Object.assign({}, runtime, { purposes })),
  });
}
