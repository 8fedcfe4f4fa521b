import { defineCommand } from 'graphql-gatehouse/package';
import { type Links, urlOf } from '../links/links.ts';
import type { Parts } from '../parts.ts';
import type { Purpose } from '../purpose.ts';
import { newDevice } from '../purposes.ts';
import type { MailValues } from '../texts/mail-text.ts';

export const preview = defineCommand({
  description: 'print a mail with sample values',
  arguments: {
    purpose: { type: 'string', description: 'the mail, such as invitation' },
  },
  options: {
    locale: { type: 'string', description: 'the language, such as de (default: MAIL_LOCALE)' },
    html: { type: 'boolean', description: 'print the HTML instead of the plain text' },
    action: { type: 'string', description: 'what a notice is about, such as password.changed' },
    several: { type: 'boolean', description: 'for an address of several accounts' },
  },
  async run(
    { settings, errors, now, links, render, purposes }: Parts,
    { locale = null, html, ...input },
  ) {
    const purpose = purposes.get(input.purpose);
    if (purpose === undefined) {
      const names = [...purposes.keys()].join(', ');
      throw errors.badInput('purpose', `The mail must be one of ${names}.`);
    }
    const values = sampleValues(purpose, {
      links,
      at: now(),
      lifeSeconds: purpose.link?.lifeSeconds(settings) ?? 0,
      action: input.action ?? newDevice,
      hasSeveral: input.several === true,
    });
    const mail = render(purpose.name, locale, values);
    return html === true ? mail.html : `Subject: ${mail.subject}\n\n${mail.text.trimEnd()}`;
  },
});

interface Sample {
  readonly links: Links;
  readonly at: Date;
  readonly lifeSeconds: number;
  readonly action: string;
  readonly hasSeveral: boolean;
}

/** As long as a token, and none. */
const token = 'SAMPLE'.padEnd(43, 'x');

export function sampleValues(
  purpose: Purpose,
  { links, at, lifeSeconds, action, hasSeveral }: Sample,
): MailValues {
  const link = purpose.link && urlOf(links, { app: null, purpose: purpose.name, token });
  const common = { at, lifeSeconds };
  if (purpose.listsAccounts && (hasSeveral || purpose.link === undefined)) {
    const usernames = hasSeveral ? ['ada', 'ada.lovelace@example.org'] : ['ada'];
    return { ...common, accounts: usernames.map((username) => ({ username, link })) };
  }
  return { ...common, link, ...(purpose.sample?.(action) ?? { username: 'ada' }) };
}
