import type { PackageContext } from 'graphql-gatehouse';
import type { MailSettings } from '../settings.ts';
import type { Transport } from './mail.ts';
import { createSmtpTransport } from './smtp-transport.ts';

/** Opens what sends mails. Without an SMTP server, which production requires, they are printed to the log. */
export function openTransport({
  settings: { MAIL_URL: url, MAIL_FROM: from, MAIL_SITE: site },
  log,
}: Pick<PackageContext<MailSettings>, 'settings' | 'log'>): Transport {
  if (url !== undefined && from !== undefined) return createSmtpTransport({ url, from, site });
  return createPrintTransport((text) => log.info({ mail: text }, 'a mail was printed, not sent'));
}

/** Prints mails as plain text: for development without an SMTP server. */
export const createPrintTransport = (print: (text: string) => void): Transport => ({
  async send({ to, subject, text }) {
    print(`Mail to ${to}: ${subject}\n\n${text}\n`);
    return { outcome: 'sent' };
  },
  async check() {},
  close() {},
});
