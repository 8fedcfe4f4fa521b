import { randomBytes } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mail } from '../../packages/mail/src/index.ts';
import { parseConfig } from '../../src/config/config.ts';
import { inputsOf } from '../../src/gatehouse/app-inputs.ts';
import { createParts } from '../../src/gatehouse/part.ts';
import { runtimes } from '../../src/gatehouse/parts.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { runPackageCommand } from '../../src/schema/packages/package-calls.ts';
import { codeOf, createFactorsClient, outcomeOf } from '../support/factors-server.ts';
import {
  aName,
  anAddress,
  createMailClient,
  type MailClient,
  type Member,
  otherPassword,
  password,
  required,
} from '../support/mail/mail-client.ts';
import {
  linksOf,
  type MailServer,
  mailSettings,
  startMailServer,
} from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import { createPackageDatabase, projectWith } from '../support/package-server.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { userPassword } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
const keys = {
  FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}`,
  MAIL_VERIFICATIONS_PER_MINUTE: '6000',
};
let database: TestDatabase;
let smtp: TestSmtpServer;
let server: MailServer;
let client: MailClient;
let proofs: ReturnType<typeof createFactorsClient>;
beforeAll(async () => {
  database = await createPackageDatabase([mail(), factors()]);
  smtp = await startSmtpServer();
  server = await startMailServer({
    now,
    database,
    smtp,
    packages: [factors()],
    environment: { TRUST_PROXY: 'loopback', ACCESS_TOKEN_SECONDS: '3600', ...keys },
  });
  client = createMailClient(server);
  proofs = createFactorsClient(server, now);
});
afterAll(async () => {
  await server.stop();
  await smtp.close();
  await database.close();
});

const meOf = async ({ accessToken: token }: Pick<Member, 'accessToken'>) =>
  (await server.ask('{ me { username email emailVerifiedAt groups } }', { token })).data.me;

/** The actions of the audit log about a user, oldest first. */
async function eventsOf(userId: string) {
  const events = await server.owner.database.auditEvent.findMany({
    where: { subjectId: userId },
    orderBy: { id: 'asc' },
  });
  return events.map(({ action, detail }) => ({ action, detail }));
}

const actionsOf = async (userId: string) => (await eventsOf(userId)).map(({ action }) => action);

describe('an account by mail', () => {
  it('begins with an invitation, which names the inviter and gives its groups', async () => {
    const address = anAddress();
    const input = { email: address, groups: ['AUDITOR'] };
    const { data } = await client.administer('inviteUser', { input, locale: 'de' });
    expect(data.inviteUser).toMatchObject({
      ...input,
      invitedBy: { username: 'admin' },
      expiresAt: null,
    });
    const invited = await client.mailTo(address);
    expect(invited.subject).toBe('Einladung zu Example');
    const token = new URL(linksOf(invited)[0] ?? '').hash.slice('#token='.length);
    const list = '{ invitations { edges { node { email expiresAt } } } }';
    const listed = await server.ask(list, { token: server.admin.accessToken });
    const expiresAt = new Date(nowMs + 7 * 24 * 3_600_000).toISOString();
    expect(listed.data.invitations.edges).toContainEqual({ node: { email: address, expiresAt } });
    const username = aName();
    expect(required(await client.accept(token, username)).data).toEqual({
      acceptInvitation: username,
    });
    const session = await server.logIn(username, userPassword);
    expect(await meOf(session)).toEqual({
      username,
      email: address,
      emailVerifiedAt: now().toISOString(),
      groups: ['AUDITOR'],
    });
    expect(await actionsOf(session.id)).toEqual([
      'user.created',
      'invitation.accepted',
      'login.succeeded',
    ]);
    // Mails of this account come in the language of its invitation.
    await client.forgot(address);
    expect((await client.mailTo(address)).headers.get('content-language')).toBe('de');
  });

  it('begins with a sign-up by an address alone, and a known address is informed', async () => {
    const address = anAddress();
    required(await client.signUp(address));
    const username = address.toUpperCase();
    required(await client.complete(await client.tokenTo(address), username));
    const session = await server.logIn(username, userPassword);
    expect(await meOf(session)).toMatchObject({ email: address, groups: ['STAFF'] });
    pass(61);
    required(await client.signUp(address));
    const exists = await client.mailTo(address);
    expect(exists.subject).toBe('You already have an account at Example');
    expect(exists.text).toContain(username);
    expect(linksOf(exists)).toEqual([]);
    expect(await actionsOf(session.id)).toContain('user.signed_up');
  });

  it('lists at most five accounts of one address, with a link for each', async () => {
    const address = anAddress();
    await Promise.all(Array.from({ length: 6 }, () => client.aVerified(address)));
    await client.forgot(address);
    const mailed = await client.mailTo(address);
    expect(new Set(linksOf(mailed)).size).toBe(5);
  });
});

describe('the language of a notice', () => {
  const languageOf = async (address: string) =>
    (await client.mailTo(address)).headers.get('content-language');

  it('is that of the link for a new password which the user has used', async () => {
    const member = await client.aVerified();
    const { address: email } = member;
    required(await client.run('requestPasswordReset', { email, locale: 'de' }));
    required(await client.reset(await client.tokenTo(email)));
    expect(await languageOf(email)).toBe('de');
    // And of each notice that follows.
    await server.logIn(member.username, otherPassword);
    const { accessToken: token } = await server.logIn(member.username, otherPassword);
    const changed = { currentPassword: otherPassword, newPassword: userPassword };
    required(await client.run('changePassword', changed, { token }));
    expect(await languageOf(email)).toBe('de');
    // A link without a language changes nothing.
    pass(61);
    await client.forgot(email);
    required(await client.reset(await client.tokenTo(email)));
    expect(await languageOf(email)).toBe('de');
  });

  it('is that of the link to the new address, for an earlier one that was not verified', async () => {
    const member = await client.aMember();
    const email = anAddress();
    const asked = { email, locale: 'de', proof: password };
    required(await client.run('changeEmail', asked, { token: member.accessToken }));
    required(await client.run('confirmEmail', { token: await client.tokenTo(email) }));
    expect(await languageOf(member.address)).toBe('de');
  });

  it('is that of the earlier address again, when it is restored', async () => {
    const member = await client.aMember();
    const { accessToken: token, address } = member;
    required(await client.run('requestEmailVerification', { locale: 'de' }, { token }));
    required(await client.run('verifyEmail', { token: await client.tokenTo(address) }));
    const email = anAddress();
    const asked = { email, locale: 'en', proof: password };
    required(await client.run('changeEmail', asked, { token }));
    required(await client.run('confirmEmail', { token: await client.tokenTo(email) }));
    required(await client.run('undoEmailChange', { token: await client.tokenTo(address) }));
    expect(await languageOf(address)).toBe('de');
  });
});

describe('a forgotten password', () => {
  it('is replaced: all sessions end, and second factors stay and are asked for', async () => {
    const member = await client.aVerified();
    const app = await proofs.addApp(member);
    await client.mailTo(member.address);
    pass(60);
    await client.forgot(member.address);
    const token = await client.tokenTo(member.address);
    const weak = await client.reset(token, 'short');
    expect([weak.code, weak.errors[0].extensions.argument]).toEqual([
      'BAD_USER_INPUT',
      'newPassword',
    ]);
    required(await client.reset(token));
    expect(await client.isIn(member)).toBe(false);
    expect(outcomeOf(await proofs.logIn(member))).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    const due = await proofs.logIn(member, otherPassword);
    expect(outcomeOf(due)).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
    const challenge = due.errors[0].extensions.challenge;
    const otp = codeOf(app.secret, now());
    expect((await proofs.complete(challenge, { otp })).status).toBe(200);
    const notice = await client.mailTo(member.address);
    expect(notice.subject).toMatch(/password of your account was changed/);
  });

  it('is replaced by a link that an administrator sends, who chooses none', async () => {
    const member = await client.aVerified();
    const { id } = member;
    await expect(
      client.administer('resetPassword', { userId: id, newPassword: otherPassword }),
    ).rejects.toThrow('MAIL_INSTEAD');
    required(await client.reset(await client.resetTo(member)));
    await server.logIn(member.username, otherPassword);
    const unverified = await client.aMember();
    await expect(client.resetTo(unverified)).rejects.toThrow('NO_VERIFIED_ADDRESS');
    await client.administer('resetPassword', { userId: unverified.id, newPassword: otherPassword });
    const events = await eventsOf(id);
    expect(events).toContainEqual({ action: 'link.made', detail: 'reset' });
    expect(events.map(({ action }) => action)).toContain('password.reset_by_mail');
    expect(JSON.stringify(events)).not.toContain(member.address);
  });

  it('can be chosen by administrators where the setting says so', async () => {
    const member = await client.aVerified();
    const lenient = await startMailServer({
      now,
      database,
      smtp,
      packages: [factors()],
      environment: { MAIL_RESETS_BY: 'administrators', ...keys },
    });
    const asked = '{ administratorsResetPasswords }';
    try {
      for (const [each, may] of [
        [server, false],
        [lenient, true],
      ] as const) {
        const { data } = await each.ask(asked, { token: each.admin.accessToken });
        expect(data).toEqual({ administratorsResetPasswords: may });
      }
      await createMailClient(lenient).administer('resetPassword', {
        userId: member.id,
        newPassword: otherPassword,
      });
    } finally {
      await lenient.stop();
    }
    expect((await client.mailTo(member.address)).subject).toMatch(
      /An administrator set a new password/,
    );
    await server.logIn(member.username, otherPassword);
  });
});

describe('an address', () => {
  it('is replaced when the new one is verified, and until then resets go to the old one', async () => {
    const member = await client.aVerified();
    const address = anAddress();
    const token = await client.askFor(member, address);
    await client.forgot(member.address);
    await client.tokenTo(member.address);
    expect(await meOf(member)).toMatchObject({ email: member.address });
    required(await client.run('confirmEmail', { token }));
    expect(await meOf(member)).toMatchObject({
      email: address,
      emailVerifiedAt: now().toISOString(),
    });
    const changed = await client.mailTo(member.address);
    expect(changed.subject).toBe('The address of your account at Example was changed');
    expect(changed.raw).not.toContain(address);
    pass(61);
    await client.forgot(address);
    expect((await client.mailTo(address)).subject).toMatch(/password/);
  });

  it('of another form, as it was stored before the upgrade, is verified as it is', async () => {
    const [member, other] = [await client.aMember(), await client.aMember()];
    const email = member.address.replace('example.org', 'Example.ORG');
    const store = ({ id }: Member, stored: string) =>
      server.owner.database.user.update({ where: { id }, data: { email: stored } });
    await store(member, email);
    await store(other, 'one two@example.org');
    required(await client.run('requestEmailVerification', {}, { token: member.accessToken }));
    // The library writes domains in lower case.
    required(await client.run('verifyEmail', { token: await client.tokenTo(member.address) }));
    expect(await meOf(member)).toMatchObject({ email, emailVerifiedAt: now().toISOString() });
    required(await client.forgot(member.address));
    expect((await client.reset(await client.tokenTo(member.address))).status).toBe(200);
    const refused = await client.run('requestEmailVerification', {}, { token: other.accessToken });
    expect(outcomeOf(refused)).toBe('409 CONFLICT NO_ADDRESS');
  });

  it('that an administrator sets is not verified, and the old one is informed', async () => {
    const member = await client.aVerified();
    const [{ id }, address] = [member, anAddress()];
    await client.administer('updateUser', { id, input: { email: address } });
    expect(await meOf(member)).toMatchObject({ email: address, emailVerifiedAt: null });
    const informed = await client.mailTo(member.address);
    expect(informed.subject).toBe('The address of your account at Example was changed');
    expect(informed.raw).not.toContain(address);
    expect(linksOf(informed)).toEqual([]);
    const { accessToken: token } = member;
    const input = { email: anAddress() };
    required(await client.run('updateUser', { id, input, proof: password }, { token }));
  });
});

describe('a notice', () => {
  it('says what happened: a new device, a password, a factor', async () => {
    const member = await client.aVerified();
    const subjects = async () => (await client.mailTo(member.address)).subject;
    const login =
      'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { user { id } } }';
    const variables = { u: member.username, p: userPassword };
    const headers = (version: number) => ({
      'user-agent': `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Firefox/${version}.0`,
    });
    required(await server.ask(login, { variables, headers: headers(140) }));
    const device = await client.mailTo(member.address);
    expect(device.subject).toBe('A new device logged in to your account (Example)');
    expect(device.text).toContain('Device: Firefox (Linux)');
    // The same browser, of another version.
    required(await server.ask(login, { variables, headers: headers(141) }));
    await proofs.addApp(member);
    expect(await subjects()).toBe('An authenticator app was added to your account (Example)');
    const other = await client.aVerified();
    const passwords = { currentPassword: userPassword, newPassword: otherPassword };
    required(await client.run('changePassword', passwords, { token: other.accessToken }));
    const changed = await client.mailTo(other.address);
    expect(changed.subject).toBe('The password of your account was changed (Example)');
    expect(changed.text).toContain(other.username);
  });
});

describe('the command', () => {
  /** Runs a command of the package, as `gatehouse` does. */
  async function run(name: string, input: Readonly<Record<string, string>> = {}) {
    const owner = mail();
    const project = projectWith([owner]);
    const settings = { NODE_ENV: 'test', ...mailSettings(smtp.url), ...keys };
    const config = parseConfig(settings, [owner]);
    const logger = createLogger(config.logLevel, { write: () => undefined });
    const parts = createParts(inputsOf({ config, project, connection: database, logger, now }));
    const command = owner.commands?.[name];
    if (command === undefined) throw new Error(`There is no command ${name}.`);
    return runPackageCommand(parts.get(runtimes), { owner, command }, input).finally(parts.close);
  }

  it('`mail bounced` ends the verification of an address, and its mails', async () => {
    const member = await client.aVerified();
    const token = await client.resetTo(member);
    const address = member.address.toUpperCase().replace('EXAMPLE.ORG', 'example.org');
    expect(await run('mail bounced', { address })).toMatch(
      /is not verified any more, for 1 account$/,
    );
    expect(await meOf(member)).toMatchObject({ email: member.address, emailVerifiedAt: null });
    expect(outcomeOf(await client.reset(token))).toBe('409 CONFLICT LINK_ENDED');
    expect(await actionsOf(member.id)).toContain('email.bounced');
    expect(await run('mail bounced', { address })).toMatch(/for 0 accounts$/);
    await expect(run('mail bounced', { address: 'not one' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('`mail verify-all` sends a link to each address that is not verified, and to no other', async () => {
    const [verified, unverified, disabled] = [
      await client.aVerified(),
      await client.aMember(),
      await client.aMember(),
    ];
    await client.administer('disableUser', { id: disabled.id });
    expect(await run('mail verify-all')).toBe('started: 6000 mails a minute');
    expect(await run('mail verify-all')).toBe('it is in progress');
    const token = await client.tokenTo(unverified.address);
    required(await client.run('verifyEmail', { token }));
    expect(await meOf(unverified)).toMatchObject({ emailVerifiedAt: now().toISOString() });
    const mails = smtp.mails().filter(({ envelope: { to } }) => !to.includes(unverified.address));
    const others = mails.filter(({ envelope: { to } }) =>
      [verified.address, disabled.address].some((each) => to.includes(each)),
    );
    expect(others).toHaveLength(1);
  });
});
