import type { MutationRequestEmailVerificationArgs } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { appsOf } from './links.ts';

/** The application whose page a link opens, and the language of its mail. Null: the default. */
export type Delivery = Readonly<Record<'app' | 'locale', string | null>>;

/** Longer ones are no language. */
const maxLocaleLength = 35;

/** Checks where a link leads: to an application by its name, never by a URL. @throws BAD_USER_INPUT. */
export function parseDelivery(
  { links, errors }: Pick<Parts, 'links' | 'errors'>,
  { app = null, locale = null }: MutationRequestEmailVerificationArgs,
): Delivery {
  if (app !== null && !links.has(app)) {
    throw errors.badInput('app', `\`app\` must be one of ${appsOf(links).join(', ')}.`);
  }
  const isLocale = locale !== null && locale.length <= maxLocaleLength && /^[\w-]+$/.test(locale);
  return { app, locale: isLocale ? locale : null };
}
