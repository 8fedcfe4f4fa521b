import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveVerified } from '../../packages/mail/src/addresses/address.store.ts';
import { type MailServer, startMailServer, tokenOf } from '../support/mail/mail-server.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';

const minuteMs = 60_000;
const otherPassword = 'cobalt-heron-window-41-moss';
let now = new Date('2026-12-01T08:00:00.000Z');
const pass = (minutes: number) => {
  now = new Date(now.getTime() + minutes * minuteMs);
};

let server: MailServer;
beforeAll(async () => {
  server = await startMailServer({ now: () => now });
});
afterAll(() => server.stop());

const run = async (field: string, token?: string) => {
  const { data, errors, text } = await server.ask(
    `mutation { ${field} }`,
    token === undefined ? {} : { token },
  );
  if (errors.length > 0) throw new Error(text);
  return data;
};

const administer = async (field: string) =>
  run(field, (await server.logIn('admin', adminPassword)).accessToken);

/** Creates a user with a verified address. */
async function addUser(name: string): Promise<void> {
  const address = `${name}@example.org`;
  const { createUser } = await administer(
    `createUser(input: { username: "${name}", password: "${userPassword}", email: "${address}" }) { id }`,
  );
  const email = { text: address, key: address };
  await saveVerified(server.owner.database, { userId: createUser.id, email, locale: null }, now);
}

/** How many attempts have failed. Their ends are logged. */
const countDelays = () =>
  server.logLines.filter((line) => line.includes('a mail is delayed')).length;

const mailTo = (name: string, subject: RegExp) =>
  server.smtp.next(
    (mail) => mail.envelope.to.includes(`${name}@example.org`) && subject.test(mail.subject ?? ''),
  );

const resetBy = (token: string) =>
  server.ask(
    `mutation { resetPasswordByMail(token: "${token}", newPassword: "${otherPassword}") }`,
  );

it('arrive after an hour without the mail server, with links that work from then on', async () => {
  for (const name of ['ada', 'ben', 'cleo']) await addUser(name);
  await server.smtp.goAway();
  for (const name of ['ada', 'ben']) {
    await run(`requestPasswordReset(email: "${name}@example.org")`);
  }
  await run('signUp(email: "dora@example.org")');
  await administer('inviteUser(input: { email: "emil@example.org" }) { id }');
  const { accessToken } = await server.logIn('cleo', userPassword);
  await run(
    `changePassword(currentPassword: "${userPassword}", newPassword: "${otherPassword}") { accessToken }`,
    accessToken,
  );

  for (let quarter = 1; quarter <= 4; quarter += 1) {
    // Each queue tries one mail, and then waits.
    await expect.poll(countDelays).toBeGreaterThanOrEqual(2 * quarter);
    pass(17);
  }
  expect(server.smtp.mails()).toEqual([]);
  await server.smtp.comeBack();

  const [ada, ben, dora, emil] = await Promise.all([
    mailTo('ada', /password/i),
    mailTo('ben', /password/i),
    mailTo('dora', /./),
    mailTo('emil', /./),
    mailTo('cleo', /./),
  ]);
  expect(server.smtp.mails()).toHaveLength(5);

  pass(29);
  expect((await resetBy(tokenOf(ada))).errors).toEqual([]);
  const account = (token: string, name: string) =>
    `(token: "${token}", username: "${name}", password: "${userPassword}")`;
  await run(`completeSignUp${account(tokenOf(dora), 'dora')}`);
  await run(`acceptInvitation${account(tokenOf(emil), 'emil')}`);
  pass(2);
  expect((await resetBy(tokenOf(ben))).reason).toBe('LINK_ENDED');
});
