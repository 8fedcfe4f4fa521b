import type { GatehouseContext } from 'graphql-gatehouse';
import type { VerifiedAddress } from './addresses/address.store.ts';
import { developmentLinks } from './links/links.ts';
import type { MailOptions } from './options.ts';
import { linkNames, type Purposes, toPurposes } from './purpose.ts';
import { mailPurposes } from './purposes.ts';
import { createWarnWhenFull } from './requests/warn-when-full.ts';
import type { MailRuntime } from './settings.ts';
import { createRenderMail } from './texts/render-mail.ts';
import { loadKey } from './tokens/load-key.ts';

/** What the fields, the commands and the background work use. */
export type Parts = MailRuntime & Awaited<ReturnType<typeof createParts>>;

export async function createParts(
  runtime: MailRuntime,
  options: MailOptions,
  purposes: Purposes = toPurposes(mailPurposes),
) {
  const { settings } = runtime;
  return {
    options,
    purposes,
    /** Makes the tokens of links. */
    key: await loadKey(runtime),
    links: settings.MAIL_LINKS ?? developmentLinks(linkNames(purposes.values())),
    render: createRenderMail({
      site: settings.MAIL_SITE,
      texts: options.texts,
      defaultLocale: settings.MAIL_LOCALE,
      purposes,
    }),
    warnWhenFull: createWarnWhenFull(runtime),
  };
}

interface MailLoad {
  verifiedAddressOfUser(userId: string): Promise<VerifiedAddress | null>;
}

export type MailContext = GatehouseContext<unknown, MailLoad>;
