import { type MailOptions, mail } from '@graphql-gatehouse/mail';
import { type PackageServerOptions, startPackageServer } from '../package-server.ts';
import type { TestServer } from '../test-server.ts';
import { type ReceivedMail, startSmtpServer, type TestSmtpServer } from './smtp-server.ts';

export interface MailServerOptions extends Partial<Omit<PackageServerOptions, 'now'>> {
  readonly now: () => Date;
  readonly options?: MailOptions;
  /** An SMTP server that another server of the test has. */
  readonly smtp?: TestSmtpServer;
}

/** A server with accounts by mail, and the SMTP server that gets its mails. */
export interface MailServer extends TestServer {
  readonly smtp: TestSmtpServer;
}

/** The key of tests: not a secret. */
export const mailKey = Buffer.alloc(32, 7).toString('base64url');

/** Where links of tests lead. */
export const mailSettings = (smtpUrl: string) => ({
  MAIL_URL: smtpUrl,
  MAIL_FROM: 'accounts@example.org',
  MAIL_SITE: 'Example',
  MAIL_KEY: mailKey,
  MAIL_LINKS: 'web=https://www.example.org/account/{purpose},app=https://app.example.org/{purpose}',
  ALLOWED_ORIGINS: 'https://www.example.org,https://app.example.org',
});

/** Starts the demo with accounts by mail, and sign-up. */
export async function startMailServer({
  options = { signUp: true },
  packages = [],
  smtp: given,
  environment,
  ...rest
}: MailServerOptions): Promise<MailServer> {
  const smtp = given ?? (await startSmtpServer());
  const server = await startPackageServer({
    ...rest,
    packages: [mail(options), ...packages],
    environment: { ...mailSettings(smtp.url), ...environment },
  });
  return {
    ...server,
    smtp,
    async stop() {
      await server.stop();
      if (given === undefined) await smtp.close();
    },
  };
}

/** Returns all links of a mail, of its plain text. */
export const linksOf = ({ text = '' }: ReceivedMail): readonly string[] =>
  text.match(/https?:\S+#token=[\w-]+/g) ?? [];

/** Returns the token of the only link of a mail. */
export function tokenOf(mail: ReceivedMail): string {
  const [link, ...others] = linksOf(mail);
  if (link === undefined || others.length > 0) throw new Error(`not one link: ${mail.subject}`);
  return new URL(link).hash.slice('#token='.length);
}
