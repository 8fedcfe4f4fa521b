import type { BrowserContext, Page, Request } from 'playwright-core';
import { linksOf } from './mail/mail-server.ts';
import type { ReceivedMail } from './mail/smtp-server.ts';
import { type PageTraffic, watchTraffic } from './page-traffic.ts';
import { type TestUser, userPassword } from './test-server.ts';
import type { WebBrowser } from './web-browser.ts';

/** A password that no user of tests has yet. */
export const newPassword = 'marble-canoe-thistle-61-drum';

/** A user with an address. */
export interface MailUser extends TestUser {
  readonly email: string;
}

/** What tests of accounts by mail do beside a browser. */
export interface WebMail {
  /** Waits for the next mail with a link to an address. */
  mailTo(address: string): Promise<ReceivedMail>;
  /** Waits for the next mail with a link to an address, and returns the link. */
  linkTo(address: string): Promise<string>;
  /** A user with an address that is not verified. */
  aUserWithAddress(...groups: readonly string[]): Promise<MailUser>;
  /** A user with a verified address. */
  aVerifiedUser(...groups: readonly string[]): Promise<MailUser>;
  /** Sends a link to a new password as the first ADMIN, and returns the mail. */
  resetMail(user: MailUser): Promise<ReceivedMail>;
  /** Returns the link of such a mail. */
  resetLink(user: MailUser): Promise<string>;
  /** Invites an address as the first ADMIN, and returns the link. */
  invitationLink(email: string, groups: readonly string[]): Promise<string>;
  /** Opens a browser without a page of the front end. */
  openEmpty(): Promise<EmptyBrowser>;
}

export interface EmptyBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly traffic: PageTraffic;
  /** All requests of the browser. */
  readonly requests: readonly Request[];
}

export function createWebMail({ server, smtp, newContext }: WebBrowser): WebMail {
  const mailTo = (address: string) =>
    smtp.next((mail) => mail.envelope.to.includes(address) && linksOf(mail).length > 0);
  const linkTo = async (address: string) => linkOf(await mailTo(address));

  async function ask(query: string, variables: object, token?: string): Promise<void> {
    const answer = await server.ask(query, {
      variables: { ...variables },
      ...(token !== undefined && { token }),
    });
    if (answer.status !== 200) throw new Error(answer.text);
  }

  async function aUserWithAddress(...groups: readonly string[]): Promise<MailUser> {
    const user = await server.aUser(...groups);
    const email = `${user.username}@example.org`;
    await ask(updateUser, { id: user.id, email }, server.admin.accessToken);
    return { ...user, email };
  }

  async function resetMail({ id, email }: MailUser): Promise<ReceivedMail> {
    await ask(sendPasswordReset, { id }, server.admin.accessToken);
    return mailTo(email);
  }

  return {
    mailTo,
    linkTo,
    aUserWithAddress,
    async aVerifiedUser(...groups) {
      const user = await aUserWithAddress(...groups);
      await ask('mutation { requestEmailVerification }', {}, user.accessToken);
      await ask(verifyEmail, { token: tokenIn(await linkTo(user.email)) });
      return user;
    },
    resetMail,
    resetLink: async (user) => linkOf(await resetMail(user)),
    async invitationLink(email, groups) {
      await ask(inviteUser, { input: { email, groups } }, server.admin.accessToken);
      return linkTo(email);
    },
    async openEmpty() {
      const context = await newContext();
      const requests: Request[] = [];
      context.on('request', (request) => requests.push(request));
      const page = await context.newPage();
      return { context, page, traffic: watchTraffic(page), requests };
    },
  };
}

const updateUser =
  'mutation ($id: ID!, $email: String!) { updateUser(id: $id, input: { email: $email }) { id } }';
const verifyEmail = 'mutation ($token: String!) { verifyEmail(token: $token) }';
const sendPasswordReset = 'mutation ($id: ID!) { sendPasswordReset(userId: $id) }';
const inviteUser = 'mutation ($input: InviteUserInput!) { inviteUser(input: $input) { id } }';

/** Returns the only link of a mail. */
export function linkOf(mail: ReceivedMail): string {
  const [link, ...others] = linksOf(mail);
  if (link === undefined || others.length > 0) throw new Error(`not one link: ${mail.subject}`);
  return link;
}

/** Returns the token of a link. */
export const tokenIn = (link: string): string => new URL(link).hash.slice('#token='.length);

/** Fills the form of the log-in, and sends it. */
export async function submitLogIn(
  page: Page,
  username: string,
  password = userPassword,
): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

/** Opens the HTML of a mail as a mail program would, and follows its link. */
export async function followLink(page: Page, mail: ReceivedMail): Promise<void> {
  if (typeof mail.html !== 'string') throw new Error(`no HTML: ${mail.subject}`);
  await page.setContent(mail.html);
  await page.getByRole('link').first().click();
  await page.locator('h1').waitFor();
}
