import type { GatehousePackage } from 'graphql-gatehouse';
import { createMailPackage } from './mail-package.ts';
import type { MailOptions } from './options.ts';
import { mailPurposes } from './purposes.ts';
import type { MailSettings } from './settings.ts';

export type { LanguageTexts, MailOptions, MailTexts } from './options.ts';
export type { MailText } from './texts/mail-text.ts';

/** Accounts by mail: `packages: [mail()]`. */
export const mail = (options: MailOptions = {}): GatehousePackage<MailSettings> =>
  createMailPackage(mailPurposes, options);
