import { defineCommand } from 'graphql-gatehouse/package';
import { lifeSecondsOf } from '../links/life.ts';
import { type Links, urlOf } from '../links/links.ts';
import type { Parts } from '../parts.ts';
import { isLinkPurpose, type MailPurpose, mailPurposes } from '../purposes.ts';
import type { MailValues } from '../texts/mail-texts.ts';

/** The command `mail preview`, which prints a mail with sample values. */
export const preview = defineCommand({
  description: 'print a mail with sample values',
  arguments: {
    purpose: { type: 'string', description: `the mail: ${mailPurposes.join(', ')}` },
  },
  options: {
    locale: { type: 'string', description: 'the language, such as de (default: MAIL_LOCALE)' },
    html: { type: 'boolean', description: 'print the HTML instead of the plain text' },
    action: { type: 'string', description: 'what a notice is about, such as password.changed' },
    several: { type: 'boolean', description: 'for an address of several accounts' },
  },
  async run({ settings, errors, now, links, render }: Parts, { locale = null, html, ...input }) {
    const purpose = mailPurposes.find((each) => each === input.purpose);
    if (purpose === undefined) {
      throw errors.badInput('purpose', `The mail must be one of ${mailPurposes.join(', ')}.`);
    }
    const values = sampleValues({
      purpose,
      links,
      at: now(),
      lifeSeconds: isLinkPurpose(purpose) ? lifeSecondsOf(settings, purpose) : 0,
      action: input.action ?? 'session.new_device',
      hasSeveral: input.several === true,
    });
    const mail = render(purpose, locale, values);
    return html === true ? mail.html : `Subject: ${mail.subject}\n\n${mail.text.trimEnd()}`;
  },
});

interface Sample {
  readonly purpose: MailPurpose;
  readonly links: Links;
  readonly at: Date;
  readonly lifeSeconds: number;
  readonly action: string;
  readonly hasSeveral: boolean;
}

/** As long as a token, and none. */
const sampleToken = 'SAMPLE'.padEnd(43, 'x');

/** Returns the values that a mail would have. */
export function sampleValues(sample: Sample): MailValues {
  const { purpose, links, at, lifeSeconds, action, hasSeveral } = sample;
  const url = isLinkPurpose(purpose)
    ? urlOf(links, { app: null, purpose, token: sampleToken })
    : undefined;
  const link = url === undefined ? {} : { link: url };
  const common = { at, lifeSeconds };
  if (purpose === 'account-exists' || (purpose === 'reset' && hasSeveral)) {
    const usernames = hasSeveral ? ['ada', 'ada.lovelace@example.org'] : ['ada'];
    return { ...common, accounts: usernames.map((username) => ({ username, ...link })) };
  }
  if (purpose === 'invitation') return { ...common, ...link, inviter: 'Grace Hopper' };
  if (purpose === 'sign-up') return { ...common, ...link };
  if (purpose !== 'notice') return { ...common, ...link, username: 'ada' };
  const device = action === 'session.new_device' ? { userAgent: sampleAgent } : {};
  return { ...common, ...device, username: 'ada', action };
}

const sampleAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
