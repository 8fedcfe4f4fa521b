import type { PackageRuntime } from 'graphql-gatehouse';
import { developmentLinks } from './links/links.ts';
import type { MailOptions } from './options.ts';
import { createWarnWhenFull } from './requests/warn-when-full.ts';
import type { MailSettings } from './settings.ts';
import { createRenderMail } from './texts/render-mail.ts';
import { loadKey } from './tokens/load-key.ts';

export type MailRuntime = PackageRuntime<MailSettings>;

/** What the fields, the commands and the background work use. */
export type Parts = MailRuntime & Awaited<ReturnType<typeof createParts>>;

/** Creates the parts of a process, beside its runtime. */
export async function createParts(runtime: MailRuntime, options: MailOptions) {
  const { settings, sql, randomBytes } = runtime;
  return {
    options,
    /** Makes the tokens of links. */
    key: await loadKey({ key: settings.MAIL_KEY, sql, randomBytes }),
    links: settings.MAIL_LINKS ?? developmentLinks,
    render: createRenderMail({
      site: settings.MAIL_SITE,
      texts: options.texts,
      defaultLocale: settings.MAIL_LOCALE,
    }),
    warnWhenFull: createWarnWhenFull(runtime),
  };
}
