import type { Transport } from './mail.ts';

/** Prints mails as plain text: for development without an SMTP server. */
export const createPrintTransport = (print: (text: string) => void): Transport => ({
  async send({ to, subject, text }) {
    print(`Mail to ${to}: ${subject}\n\n${text}\n`);
    return { outcome: 'sent' };
  },
  async check() {},
  close() {},
});
