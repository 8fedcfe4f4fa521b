import type { Parts } from '../parts.ts';
import { appsOf } from './links.ts';

/** The arguments of all fields that send a link. */
export interface Delivery {
  readonly app?: string | null;
  readonly locale?: string | null;
}

/** The same, checked. */
export type CheckedDelivery = Readonly<Record<keyof Delivery, string | null>>;

/** Longer ones are no language. */
const maxLocaleLength = 35;

/** Checks where a link leads: to an application by its name, never by a URL. @throws BAD_USER_INPUT. */
export function parseDelivery(
  { links, errors }: Pick<Parts, 'links' | 'errors'>,
  { app = null, locale = null }: Delivery,
): CheckedDelivery {
  if (app !== null && !links.has(app)) {
    throw errors.badInput('app', `\`app\` must be one of ${appsOf(links).join(', ')}.`);
  }
  const isLocale = locale !== null && locale.length <= maxLocaleLength && /^[\w-]+$/.test(locale);
  return { app, locale: isLocale ? locale : null };
}
