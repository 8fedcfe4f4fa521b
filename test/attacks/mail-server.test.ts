import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anAddress,
  createMailClient,
  leave,
  type MailClient,
  otherPassword,
  required,
} from '../support/mail/mail-client.ts';
import { linksOf, type MailServer, startMailServer, tokenOf } from '../support/mail/mail-server.ts';
import { userPassword } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: MailServer;
let client: MailClient;
beforeAll(async () => {
  server = await startMailServer({ now, environment: { TRUST_PROXY: 'loopback' } });
  client = createMailClient(server);
});
afterAll(() => server.stop());

/** Lets the time go on until something is true: a failure can be noted after a step of the clock. */
const goOnUntil = (check: () => boolean | Promise<boolean>) =>
  expect
    .poll(
      () => {
        pass(30);
        return check();
      },
      { interval: 300 },
    )
    .toBe(true);

/** The same, until something has come. */
async function goOn<Result>(wanted: Promise<Result>): Promise<Result> {
  let isThere = false;
  void wanted.then(() => {
    isThere = true;
  });
  await goOnUntil(() => isThere);
  return wanted;
}

const select = (text: string, ...values: readonly string[]) =>
  server.connection.database.$queryRawUnsafe<Readonly<Record<string, unknown>>[]>(text, ...values);

async function outcomesOf(address: string, queue: 'ACCOUNT' | 'REQUEST') {
  const text = 'SELECT outcome FROM gatehouse_mail.outbox WHERE address = $1 AND queue = $2';
  return (await select(text, address, queue)).map(({ outcome }) => outcome);
}

describe('a mail server', () => {
  const attempts = async (): Promise<number> => {
    const [row] = await select('SELECT sum(attempts)::int AS made FROM gatehouse_mail.outbox');
    return Number(row?.made);
  };

  it('that is away for an hour delays links, which work when they arrive', async () => {
    const members = [await client.aVerified(), await client.aVerified()];
    const [first, second] = members;
    if (first === undefined || second === undefined) throw new Error('It is missing.');
    const invited = anAddress();
    const comeBack = await leave(server.smtp);
    await client.forgot(first.address);
    await client.administer('sendPasswordReset', { userId: second.id });
    await client.administer('inviteUser', { input: { email: invited } });
    for (let n = 0; n < 4; n += 1) {
      const before = await attempts();
      pass(900);
      await goOnUntil(async () => (await attempts()) > before);
    }
    await comeBack();
    pass(900);
    for (const { address } of members) {
      required(await client.reset(await goOn(client.tokenTo(address))));
    }
    required(await client.accept(await goOn(client.tokenTo(invited))));
  });

  it('that closes before its reply gets the same link again, and none after it was spent', async () => {
    const member = await client.aVerified();
    server.smtp.misbehave({ text: 'closes before the reply' });
    await client.forgot(member.address);
    const first = await client.mailTo(member.address);
    const second = await goOn(client.mailTo(member.address));
    expect(tokenOf(second)).toBe(tokenOf(first));
    expect(second.messageId).toBe(first.messageId);
    required(await client.reset(tokenOf(first)));
    server.smtp.misbehave();
    const notice = await goOn(client.mailTo(member.address));
    expect(linksOf(notice)).toEqual([]);
    await goOnUntil(async () => `${await outcomesOf(member.address, 'REQUEST')}` === 'NOTHING');
  });

  it('that refuses addresses for good ends their links, which count no more', async () => {
    const { accessToken: token } = await client.aVerified();
    const mistyped = [anAddress(), anAddress(), anAddress()];
    const refusals = mistyped.map((address) => [address, 550] as const);
    server.smtp.misbehave({ recipients: Object.fromEntries(refusals) });
    for (const email of mistyped) required(await client.run('changeEmail', { email }, { token }));
    await goOnUntil(async () => {
      const outcomes = await Promise.all(mistyped.map((each) => outcomesOf(each, 'ACCOUNT')));
      return outcomes.every((each) => `${each}` === 'GIVEN_UP');
    });
    server.smtp.misbehave();
    required(await client.run('changeEmail', { email: anAddress() }, { token }));
  });

  it('gets no link that a change of the password has ended before it was sent', async () => {
    const member = await client.aMember();
    const comeBack = await leave(server.smtp);
    const { accessToken: token } = member;
    required(await client.run('requestEmailVerification', {}, { token }));
    const passwords = { currentPassword: userPassword, newPassword: otherPassword };
    required(await client.run('changePassword', passwords, { token }));
    await comeBack();
    await goOnUntil(async () => `${await outcomesOf(member.address, 'ACCOUNT')}` === 'NOTHING');
  });

  it('that was away gets the link that restores an address of a user who is disabled by now', async () => {
    const member = await client.aVerified();
    const pending = await client.askFor(member, anAddress());
    const comeBack = await leave(server.smtp);
    required(await client.run('confirmEmail', { token: pending }));
    await client.administer('disableUser', { id: member.id });
    await comeBack();
    const token = await goOn(client.tokenTo(member.address));
    required(await client.run('undoEmailChange', { token }));
    await expect(server.logIn(member.username, userPassword)).rejects.toThrow('BAD_CREDENTIALS');
  });
});
