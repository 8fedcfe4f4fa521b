import { factors } from '@graphql-gatehouse/factors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codeOf,
  createFactorsClient,
  outcomeOf,
  proofArguments,
} from '../support/factors-server.ts';
import {
  aName,
  anAddress,
  aSender,
  createMailClient,
  type MailClient,
  type Member,
  operationOf,
  otherPassword,
  password,
  required,
} from '../support/mail/mail-client.ts';
import { linksOf, type MailServer, startMailServer } from '../support/mail/mail-server.ts';
import { sendRaw } from '../support/raw-http.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { adminPassword, type TestUser, userPassword } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: MailServer;
let client: MailClient;
beforeAll(async () => {
  server = await startMailServer({
    now,
    packages: [factors()],
    environment: { TRUST_PROXY: 'loopback', ACCESS_TOKEN_SECONDS: '3600' },
  });
  client = createMailClient(server);
});
afterAll(() => server.stop());

const ended = '409 CONFLICT LINK_ENDED';
const emailOf = async ({ id }: Pick<Member, 'id'>) =>
  (await server.connection.database.user.findUnique({ where: { id } }))?.email;
const usersWith = (email: string) =>
  server.connection.database.user.findMany({ where: { email }, include: { memberships: true } });

describe('an attacker who signs up with the address of a victim (pre-hijacking)', () => {
  it('has nothing when the victim completes the sign-up, and the other links end', async () => {
    const address = anAddress();
    await client.signUp(address);
    const asked = await client.tokenTo(address);
    pass(61);
    await client.signUp(address);
    const own = await client.tokenTo(address);
    const username = aName();
    expect((await client.complete(own, username)).status).toBe(200);
    expect(outcomeOf(await client.complete(asked))).toBe(ended);
    expect(await usersWith(address)).toMatchObject([{ username }]);
  });

  it('gets no link for an account that only claims the address', async () => {
    const address = anAddress();
    const attacker = await client.aMember();
    const token = attacker.accessToken;
    const input = { email: address };
    const own = { id: attacker.id, input, proof: password };
    required(await client.run('updateUser', own, { token }));
    required(await client.run('requestEmailVerification', {}, { token }));
    await client.tokenTo(address);
    await client.signUp(address);
    const username = aName();
    required(await client.complete(await client.tokenTo(address), username));
    await client.forgot(address);
    const mail = await client.mailTo(address);
    expect(linksOf(mail)).toHaveLength(1);
    expect(mail.text).toContain(username);
    expect(mail.text).not.toContain(attacker.username);
  });

  it('makes one account by two links at the same time', async () => {
    const address = anAddress();
    await client.signUp(address);
    const tokens = [await client.tokenTo(address), await client.invite(address)];
    const [first = '', second = ''] = tokens;
    const answers = await Promise.all([client.complete(first), client.accept(second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await usersWith(address)).toHaveLength(1);
  });

  it('cannot take a username with `@` but that of its link, in any script', async () => {
    const address = anAddress();
    const token = await client.invite(address);
    const names = [
      'victim@example.org',
      'victim＠example.org',
      'victim﹫example.org',
      'vic\u200btim@example.org',
      'victіm@example.org',
      'Victim@Example.org',
      `${address}.example.org`,
      '@',
      `${'v'.repeat(10_000)}@example.org`,
    ];
    for (const username of names) {
      const { code, errors } = await client.accept(token, username);
      expect([code, errors[0].extensions.argument]).toEqual(['BAD_USER_INPUT', 'username']);
    }
    expect(await usersWith(address)).toEqual([]);
    expect((await client.accept(token, address.toUpperCase())).status).toBe(200);
  });

  it.runIf(isWhole)(
    'learns with one link whether 20 usernames are taken, and then nothing',
    async () => {
      const token = await client.invite(anAddress());
      for (let n = 0; n < 20; n += 1) {
        expect((await client.accept(token, 'admin')).code).toBe('BAD_USER_INPUT');
      }
      expect((await client.accept(token)).reason).toBe('TOO_MANY_ATTEMPTS');
    },
  );
});

const revokeAdmin = (userId: string) =>
  client.administer('revokeGroup', { userId, group: 'ADMIN' });
const grantAdmin = (userId: string) => client.administer('grantGroup', { userId, group: 'ADMIN' });
const disable = (id: string) => client.administer('disableUser', { id });
const enable = (id: string) => client.administer('enableUser', { id });
/** No transaction sees it. */
const expireAdmin = (userId: string) =>
  server.connection.database.membership.updateMany({
    where: { userId, group: 'ADMIN' },
    data: { expiresAt: now() },
  });

describe('an invitation', () => {
  it('is for its address alone, with a fresh proof of the account that has verified it', async () => {
    const member = await client.aVerified();
    const token = await client.invite(member.address, ['AUDITOR']);
    const join = ({ accessToken }: Member) =>
      client.run('joinByInvitation', { token }, { token: accessToken });
    expect(outcomeOf(await client.accept(token))).toBe('409 CONFLICT HAS_ACCOUNT');
    const claims = await client.aMember(member.address);
    const another = await client.aVerified();
    for (const other of [claims, another]) {
      expect(outcomeOf(await join(other))).toBe('409 CONFLICT OTHER_ADDRESS');
    }
    pass(901);
    expect(outcomeOf(await join(member))).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    const fresh = await server.logIn(member.username, userPassword);
    const joined = await join({ ...fresh, address: member.address });
    expect(joined.data.joinByInvitation.groups).toContain('AUDITOR');
    expect(outcomeOf(await join({ ...fresh, address: member.address }))).toBe(ended);
  });

  it.each(sampleOf(['is no ADMIN any more', 'is disabled', 'is deleted']))(
    'ends when its inviter %s, whatever groups it gives',
    async (event) => {
      const inviter = await client.aMember(anAddress(), ['ADMIN']);
      const member = await client.aVerified();
      const invite = async (email: string, groups?: readonly string[]) => {
        const options = { token: inviter.accessToken };
        required(await client.run('inviteUser', { input: { email, groups } }, options));
        return client.tokenTo(email);
      };
      const [joining = '', ...tokens] = await Promise.all([
        invite(member.address, ['ADMIN']),
        invite(anAddress(), ['ADMIN']),
        invite(anAddress(), ['AUDITOR']),
        invite(anAddress()),
      ]);
      if (event === 'is no ADMIN any more') {
        await client.administer('revokeGroup', { userId: inviter.id, group: 'ADMIN' });
      } else {
        const field = event === 'is disabled' ? 'disableUser' : 'deleteUser';
        await client.administer(field, { id: inviter.id });
      }
      const mayNot = '409 CONFLICT INVITER_MAY_NOT';
      for (const token of tokens) expect(outcomeOf(await client.accept(token))).toBe(mayNot);
      const { accessToken } = await server.logIn(member.username, userPassword);
      const joined = await client.run(
        'joinByInvitation',
        { token: joining },
        { token: accessToken },
      );
      expect(outcomeOf(joined)).toBe(mayNot);
      expect(
        (await server.ask('{ me { groups } }', { token: accessToken })).data.me.groups,
      ).toEqual([]);
    },
  );

  it.each([
    { lost: 'its group', end: revokeAdmin, back: grantAdmin },
    { lost: 'its account for a time', end: disable, back: enable },
    { lost: 'its group when it expired', end: expireAdmin, back: grantAdmin },
  ])('stays ended when its inviter lost $lost, and got it back', async ({ end, back }) => {
    const inviter = await client.aMember(anAddress(), ['ADMIN']);
    const email = anAddress();
    const options = { token: inviter.accessToken };
    required(await client.run('inviteUser', { input: { email } }, options));
    const token = await client.tokenTo(email);
    pass(1);
    await end(inviter.id);
    pass(1);
    await back(inviter.id);
    expect(outcomeOf(await client.accept(token))).toBe('409 CONFLICT INVITER_MAY_NOT');
  });

  it('ends when the API client that sent it is disabled', async () => {
    const { accessToken } = await server.logIn('admin', adminPassword);
    const created = await server.ask(
      'mutation { createApiClient(name: "x", groups: [ADMIN]) { secret client { id } } }',
      { token: accessToken },
    );
    const { secret, client: apiClient } = created.data.createApiClient;
    const invite = async () => {
      const email = anAddress();
      required(await client.run('inviteUser', { input: { email } }, { token: secret }));
      return client.tokenTo(email);
    };
    const [first, second] = [await invite(), await invite()];
    expect((await client.accept(first)).status).toBe(200);
    await server.ask('mutation ($id: ID!) { disableApiClient(id: $id) { id } }', {
      token: accessToken,
      variables: { id: apiClient.id },
    });
    expect(outcomeOf(await client.accept(second))).toBe('409 CONFLICT INVITER_MAY_NOT');
  });

  it('is sent by an ADMIN alone, and ends when one cancels it', async () => {
    const member = await client.aVerified();
    const { accessToken: token } = member;
    const input = { email: anAddress() };
    expect((await client.run('inviteUser', { input }, { token })).code).toBe('FORBIDDEN');
    expect((await client.run('inviteUser', { input })).code).toBe('UNAUTHENTICATED');
    const { data } = await client.administer('inviteUser', { input });
    const cancelled = await client.tokenTo(input.email);
    await client.administer('cancelInvitation', { id: data.inviteUser.id });
    expect(outcomeOf(await client.accept(cancelled))).toBe(ended);
  });

  it.runIf(isWhole)(
    'is not sent to one address again and again, also when each is cancelled',
    async () => {
      const { accessToken: token } = await server.logIn('admin', adminPassword);
      const input = { email: anAddress() };
      const outcomes = new Set<string>();
      for (let n = 0; n < 12; n += 1) {
        const answer = await client.run('inviteUser', { input }, { token });
        outcomes.add(outcomeOf(answer));
        const id = answer.data?.inviteUser?.id;
        if (id !== undefined) required(await client.run('cancelInvitation', { id }, { token }));
      }
      expect([...outcomes]).toEqual(['200 inviteUser', '429 RATE_LIMITED']);
    },
  );

  it('makes one account for two who accept it at the same time', async () => {
    const token = await client.invite(anAddress());
    const answers = await Promise.all([1, 2, 3].map(() => client.accept(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

const changeEmail = `mutation ($email: String!, $proof: Proof!, $challenge: String) {
  changeEmail(email: $email, ${proofArguments})
}`;

describe('undoing a change of an address', () => {
  it('restores the first of two addresses, and then the second one never', async () => {
    const member = await client.aVerified();
    const [second, third] = [anAddress(), anAddress()];
    await client.move(member, second);
    await client.move(member, third);
    const first = await client.tokenTo(member.address);
    const later = await client.tokenTo(second);
    required(await client.run('undoEmailChange', { token: first }));
    expect(await emailOf(member)).toBe(member.address);
    expect(outcomeOf(await client.run('undoEmailChange', { token: later }))).toBe(ended);
    expect(await emailOf(member)).toBe(member.address);
  });

  it.runIf(isWhole)('is not cancelled when a later change is undone', async () => {
    const member = await client.aVerified();
    const [second, third] = [anAddress(), anAddress()];
    await client.move(member, second);
    await client.move(member, third);
    const first = await client.tokenTo(member.address);
    required(await client.run('undoEmailChange', { token: await client.tokenTo(second) }));
    expect(await emailOf(member)).toBe(second);
    required(await client.run('undoEmailChange', { token: first }));
    expect(await emailOf(member)).toBe(member.address);
  });

  it('ends sessions and links of the attacker, so that no mail of its own opens the account', async () => {
    const member = await client.aVerified();
    const stolen = anAddress();
    await client.move(member, stolen);
    await client.forgot(stolen);
    const reset = await client.tokenTo(stolen);
    const pending = await client.askFor(member, anAddress());
    required(await client.run('undoEmailChange', { token: await client.tokenTo(member.address) }));
    expect(await client.isIn(member)).toBe(false);
    expect(outcomeOf(await client.reset(reset))).toBe(ended);
    expect(outcomeOf(await client.run('confirmEmail', { token: pending }))).toBe(ended);
    pass(61);
    await client.forgot(member.address);
    required(await client.reset(await client.tokenTo(member.address)));
    await expect(server.logIn(member.username, userPassword)).rejects.toThrow('BAD_CREDENTIALS');
  });

  it('is declined by two fresh kinds of factors, and by no password alone', async () => {
    const proofs = createFactorsClient(server, now);
    const member = await client.aVerified();
    const app = await proofs.addApp(member);
    pass(60);
    const [second, third] = [anAddress(), anAddress()];
    const move = async ({ accessToken: token }: Pick<TestUser, 'accessToken'>, email: string) => {
      pass(60);
      const proof = { second: { otp: codeOf(app.secret, now()) } };
      required(await proofs.withProof(changeEmail, { token, variables: { email } }, proof));
      required(await client.run('confirmEmail', { token: await client.tokenTo(email) }));
    };
    const session = await proofs.session(member, { otp: codeOf(app.secret, now()) });
    await move(session, second);
    const undo = await client.tokenTo(member.address);
    const decline = (token: string) => client.run('declineEmailUndo', {}, { token });
    const plain = await client.aVerified();
    await client.move(plain, anAddress());
    expect(outcomeOf(await decline(plain.accessToken))).toBe('401 UNAUTHENTICATED FACTORS_MISSING');
    pass(901);
    expect(outcomeOf(await decline(session.accessToken))).toMatch(/^401 UNAUTHENTICATED/);
    const fresh = await proofs.session(member, { otp: codeOf(app.secret, now()) });
    required(await decline(fresh.accessToken));
    expect(outcomeOf(await client.run('undoEmailChange', { token: undo }))).toBe(ended);
    // The next change can be undone again.
    await move(fresh, third);
    required(await client.run('undoEmailChange', { token: await client.tokenTo(second) }));
    expect(await emailOf(member)).toBe(second);
  });

  it('has one result when the next change is confirmed at the same time', async () => {
    const member = await client.aVerified();
    await client.move(member, anAddress());
    const undo = await client.tokenTo(member.address);
    const pending = await client.askFor(member, anAddress());
    const [undone] = await Promise.all([
      client.run('undoEmailChange', { token: undo }),
      client.run('confirmEmail', { token: pending }),
    ]);
    expect(undone?.status).toBe(200);
    expect(await emailOf(member)).toBe(member.address);
    expect(outcomeOf(await client.run('confirmEmail', { token: pending }))).toBe(ended);
  });
});

describe('a stolen session', () => {
  it('changes no address and invites no one without a fresh proof', async () => {
    const member = await client.aVerified(anAddress(), ['ADMIN']);
    const { id, accessToken: token } = member;
    const invitation = await client.invite(member.address, ['AUDITOR']);
    pass(901);
    const email = anAddress();
    const answers = [
      await client.run('updateUser', { id, input: { email } }, { token }),
      await client.run('joinByInvitation', { token: invitation }, { token }),
      await client.run('inviteUser', { input: { email } }, { token }),
      await client.run('sendPasswordReset', { userId: id }, { token }),
      await client.run('resetPassword', { userId: id, newPassword: otherPassword }, { token }),
    ];
    expect(answers.map(outcomeOf)).toEqual(
      Array(5).fill('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD'),
    );
    const wrong = { email, proof: { password: otherPassword } };
    const guessed = await client.run('changeEmail', wrong, { token });
    expect(outcomeOf(guessed)).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    expect(await emailOf(member)).toBe(member.address);
  });

  it('cannot replace a verified address without a mail to both', async () => {
    const member = await client.aVerified(anAddress(), ['ADMIN']);
    const { id, accessToken: token } = member;
    for (const email of [anAddress(), null, member.address.toUpperCase()]) {
      const own = { id, input: { email }, proof: password };
      const answer = await client.run('updateUser', own, { token });
      expect(outcomeOf(answer)).toBe('409 CONFLICT MAIL_INSTEAD');
    }
  });

  it('cannot use an account to send mails to an address of someone else again and again', async () => {
    const victim = anAddress();
    const member = await client.aMember();
    const { id, accessToken: token } = member;
    const enter = (email: string) =>
      client.run('updateUser', { id, input: { email }, proof: password }, { token });
    const outcomes = new Set<string>();
    for (let n = 0; n < 12; n += 1) {
      required(await enter(victim));
      outcomes.add(outcomeOf(await client.run('requestEmailVerification', {}, { token })));
      required(await enter(anAddress()));
    }
    expect([...outcomes]).toEqual(['200 requestEmailVerification', '429 RATE_LIMITED']);
    const marker = await client.aVerified();
    expect(marker.address).not.toBe(victim);
    const got = server.smtp.mails().filter(({ envelope }) => envelope.to.includes(victim));
    // One more says that another address took its place.
    expect(got.length).toBeLessThanOrEqual(11);
  });
});

describe('a link for a new password', () => {
  it('that a change of the password has ended costs no check of the new one', async () => {
    const member = await client.aVerified();
    const token = await client.resetTo(member);
    const passwords = { currentPassword: userPassword, newPassword: otherPassword };
    required(await client.run('changePassword', passwords, { token: member.accessToken }));
    expect(outcomeOf(await client.reset(token, 'short'))).toBe(ended);
  });
});

describe('links of a mail', () => {
  const pageOf = (link: string) => link.replace(/#token=.*/, '');

  it('lead to the configured page whatever the headers say', async () => {
    const said = [
      { host: 'evil.example' },
      { 'x-forwarded-host': 'evil.example' },
      { 'x-forwarded-proto': 'http', forwarded: 'host=evil.example;proto=http' },
      { referer: 'https://evil.example/' },
      { origin: 'https://app.example.org' },
    ];
    const request = async (headers: Readonly<Record<string, string | undefined>>) => {
      const { address } = await client.aVerified();
      const variables = { email: address };
      const body = JSON.stringify({ query: operationOf('requestPasswordReset'), variables });
      const sent = {
        host: 'localhost',
        'content-type': 'application/json',
        'content-length': body.length,
        'x-forwarded-for': aSender(),
        connection: 'close',
        ...headers,
      };
      const head = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
      const bytes = `POST /graphql HTTP/1.1\r\n${head.join('')}\r\n${body}`;
      const answer = await sendRaw(server.url, bytes);
      return [answer.status, linksOf(await client.mailTo(address)).map(pageOf)];
    };
    expect(await Promise.all(said.map(request))).toEqual(
      said.map(() => [200, ['https://www.example.org/account/reset']]),
    );
  });

  it.runIf(isWhole)('lead to an application by its name alone', async () => {
    const apps = [
      'https://evil.example/',
      '//evil.example',
      '../evil',
      'web/../../evil',
      'web.reset',
      '__proto__',
      'constructor',
      'WEB',
      ' web',
      '',
      'x'.repeat(10_000),
    ];
    for (const app of apps) {
      const answer = await client.run('requestPasswordReset', { email: anAddress(), app });
      expect([answer.code, answer.errors[0].extensions.argument]).toEqual([
        'BAD_USER_INPUT',
        'app',
      ]);
      expect(answer.text).not.toContain('evil');
    }
  });

  it.runIf(isWhole)('come in the default language for an unknown locale', async () => {
    const paths = ['../../../etc/passwd', 'de/../en'];
    const locales = ['__proto__', 'constructor', ...paths, 'xx', '', 'x'.repeat(10_000)];
    const send = async (locale: string) => {
      const { id, address } = await client.aVerified();
      await client.administer('sendPasswordReset', { userId: id, locale, app: 'app' });
      const mail = await client.mailTo(address);
      return [mail.headers.get('content-language'), linksOf(mail).map(pageOf)];
    };
    expect(await Promise.all(locales.map(send))).toEqual(
      locales.map(() => ['en', ['https://app.example.org/reset']]),
    );
  });
});

describe('at one time', () => {
  it('a reset and the disabling of the user leave a disabled user without sessions', async () => {
    const member = await client.aVerified();
    const token = await client.resetTo(member);
    const { accessToken } = await server.logIn('admin', adminPassword);
    await Promise.all([
      client.reset(token),
      client.run('disableUser', { id: member.id }, { token: accessToken }),
    ]);
    for (const password of [userPassword, otherPassword]) {
      await expect(server.logIn(member.username, password)).rejects.toThrow('BAD_CREDENTIALS');
    }
    expect(outcomeOf(await client.reset(token))).toBe(ended);
  });

  it('two resets by two links set one password', async () => {
    const member = await client.aVerified();
    const tokens = [await client.resetTo(member), await client.resetTo(member)];
    const answers = await Promise.all(tokens.map((token) => client.reset(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});
