import type { PackageRuntime } from 'graphql-gatehouse';
import { developmentLinks, type Links } from './links/links.ts';
import type { MailOptions } from './options.ts';
import type { MailSettings } from './settings.ts';
import { createRenderMail, type RenderMail } from './texts/render-mail.ts';
import { loadKey } from './tokens/load-key.ts';

export type MailRuntime = PackageRuntime<MailSettings>;

/** What the fields and the background work use. Created once in a process. */
export interface Parts extends MailRuntime {
  readonly options: MailOptions;
  /** Makes the tokens of links. */
  readonly key: Uint8Array;
  readonly links: Links;
  readonly render: RenderMail;
}

async function createParts(runtime: MailRuntime, options: MailOptions): Promise<Parts> {
  const { settings, sql, randomBytes } = runtime;
  const ownParts = {
    options,
    key: await loadKey({ key: settings.MAIL_KEY, sql, randomBytes }),
    links: linksOf(settings),
    render: createRenderMail({
      site: settings.MAIL_SITE,
      texts: options.texts,
      defaultLocale: settings.MAIL_LOCALE,
    }),
  };
  return Object.assign({}, runtime, ownParts);
}

export const linksOf = ({ MAIL_LINKS: links }: Pick<MailSettings, 'MAIL_LINKS'>): Links =>
  links ?? developmentLinks;

/** Returns the parts of a process, which its first caller creates. */
export type PartsOf = (runtime: MailRuntime) => Promise<Parts>;

/** One configuration can serve several processes, as in tests. */
export function createPartsOf(options: MailOptions): PartsOf {
  const made = new WeakMap<MailRuntime, Promise<Parts>>();
  return (runtime) => {
    const found = made.get(runtime);
    if (found !== undefined) return found;
    const making = createParts(runtime, options);
    made.set(runtime, making);
    // The database may have been unavailable.
    making.catch(() => made.delete(runtime));
    return making;
  };
}
