import { factors } from '@graphql-gatehouse/factors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { challengeOf, codeOf, createFactorsClient, outcomeOf } from '../support/factors-server.ts';
import {
  appSecret,
  createProvidersClient,
  type ProvidersServer,
  startProvidersServer,
} from '../support/providers-server.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

let server: ProvidersServer;
let client: ReturnType<typeof createProvidersClient>;
let auditor: TestUser;
let ofFactors: ReturnType<typeof createFactorsClient>;
beforeAll(async () => {
  server = await startProvidersServer({
    options: {
      ACME: { proves: { 'urn:acme:mfa': 2 } },
      OPEN: { signUp: 'open', proves: { 'urn:acme:mfa': 2 } },
      PLAIN: {},
      OLD: { authTime: false },
    },
    beside: [factors({ groups: { MANAGER: 2 }, graceDays: 0 })],
  });
  client = createProvidersClient(server);
  auditor = await server.aUser('AUDITOR');
  ofFactors = createFactorsClient(server, () => new Date());
});
afterAll(() => server.stop());

let count = 0;
const aSubject = () => `subject-${++count}`;
const password = { password: userPassword };
type Who = Parameters<ReturnType<typeof client.provider>['answerWith']>[0];

/** Goes to a provider and back in a session, or without one, and returns the code. */
async function codeFor(who: NonNullable<Who>, { provider = 'ACME', token = '' } = {}) {
  client.provider(provider).answerWith(who);
  const begun = await client.begin({ provider }, token === '' ? {} : { token });
  return { ...begun, returned: await client.visit(begun, provider) };
}

async function link({ accessToken: token }: TestUser, subject = aSubject(), provider = 'ACME') {
  const { returned } = await codeFor({ subject }, { provider, token });
  const answer = await client.link(token, returned.get('code'), password);
  expect(outcomeOf(answer)).toBe('200 linkProvider');
  return { subject, id: answer.data.linkProvider.id };
}

/** Logs in with a provider in an app, whose session has tokens. */
async function tokensOf(who: NonNullable<Who>, provider = 'ACME') {
  const { verifier, appChallenge } = appSecret();
  client.provider(provider).answerWith(who);
  const begun = await client.begin({ provider, appChallenge });
  const code = (await client.visit(begun, provider)).get('code');
  return client.completeLogin(begun.challenge, client.proofOf(code, verifier));
}

const identitiesOf = async (token: string) => {
  const { data } = await server.ask('{ me { identities { id provider subject } } }', { token });
  return data.me.identities;
};
const unlink = (token: string, id: string) =>
  server.ask('mutation ($id: ID!) { unlinkProvider(id: $id) }', { token, variables: { id } });
const actionsOf = async (id: string) => {
  const { data } = await server.ask(
    'query ($id: ID!) { auditEvents(first: 20, subjectId: $id) { edges { node { action detail } } } }',
    { token: auditor.accessToken, variables: { id } },
  );
  return data.auditEvents.edges.map(
    ({ node }: { node: { action: string; detail: string | null } }) =>
      `${node.action} ${node.detail ?? ''}`.trim(),
  );
};

describe('a link', () => {
  it('is made in the session that began, with a proof in the same request', async () => {
    const [user, other] = [await server.aUser(), await server.aUser()];
    const { returned } = await codeFor({ subject: aSubject() }, { token: user.accessToken });
    const code = returned.get('code');
    const answers = [
      await client.link(other.accessToken, code, password),
      await client.link(
        (await server.logIn(user.username, userPassword)).accessToken,
        code,
        password,
      ),
      await client.link(user.accessToken, code, { password: 'not the right password' }),
      await client.link(user.accessToken, code, password),
      await client.link(user.accessToken, code, password),
    ].map(outcomeOf);
    expect(answers).toEqual([
      '401 UNAUTHENTICATED CHALLENGE_ENDED',
      '401 UNAUTHENTICATED CHALLENGE_ENDED',
      '401 UNAUTHENTICATED BAD_CREDENTIALS',
      '200 linkProvider',
      '401 UNAUTHENTICATED CHALLENGE_ENDED',
    ]);
    expect(await actionsOf(user.id)).toContain('provider.linked ACME; 1 session ended');
  });

  it('is of one account', async () => {
    const { subject } = await link(await server.aUser());
    const other = await server.aUser();
    const { returned } = await codeFor({ subject }, { token: other.accessToken });
    const answer = await client.link(other.accessToken, returned.get('code'), password);
    expect(outcomeOf(answer)).toBe('409 CONFLICT IDENTITY_TAKEN');
    expect(await identitiesOf(other.accessToken)).toEqual([]);
  });

  it('is for one provider, and for a subject as its bytes are', async () => {
    const user = await server.aUser();
    const subject = `Subject-${++count}`;
    await link(user, subject);
    for (const [each, provider] of [
      [subject.toLowerCase(), 'ACME'],
      [`${subject} `, 'ACME'],
      [subject, 'OPEN'],
    ] as const) {
      const { returned } = await codeFor({ subject: each }, { provider });
      expect(returned.get('new') ?? returned.get('error')).toMatch(/^(true|login_failed)$/);
    }
  });

  it('is not made by a log-in at the provider that is old, or whose code has begun outside of a session', async () => {
    const user = await server.aUser();
    const { returned } = await codeFor({ subject: aSubject() }, { provider: 'OPEN' });
    const begunOutside = await client.link(user.accessToken, returned.get('code'), password);
    expect(outcomeOf(begunOutside)).toBe('401 UNAUTHENTICATED CHALLENGE_ENDED');
    const at = Math.floor(Date.now() / 1000) - 120;
    const old = await codeFor({ subject: aSubject(), at }, { token: user.accessToken });
    const answer = await client.link(user.accessToken, old.returned.get('code'), password);
    expect(outcomeOf(answer)).toBe('401 UNAUTHENTICATED CHALLENGE_ENDED');
  });

  it('is removed after a fresh proof, and opens nothing from then on', async () => {
    const user = await server.aUser();
    const { subject, id } = await link(user);
    const others = await server.aUser();
    expect(outcomeOf(await unlink(others.accessToken, id))).toBe('404 NOT_FOUND');
    expect(outcomeOf(await unlink(user.accessToken, id))).toBe('200 unlinkProvider');
    const { returned } = await codeFor({ subject });
    expect(returned.get('error')).toBe('login_failed');
  });
});

describe('a sign-up', () => {
  it('makes an account without a password and an address, under a name that the user chooses', async () => {
    const subject = aSubject();
    const { challenge, returned } = await codeFor({ subject }, { provider: 'OPEN' });
    expect(returned.get('new')).toBe('true');
    const code = returned.get('code');
    const taken = await client.signUp(challenge, code, server.admin.username);
    expect(outcomeOf(taken)).toBe('400 BAD_USER_INPUT');
    const username = `new-${count}`;
    expect((await client.signUp('x'.repeat(43), code, username)).reason).toBe('CHALLENGE_ENDED');
    const signedUp = await client.signUp(challenge, code, username);
    expect(signedUp.data?.signUpByProvider).toBe(username);
    expect(outcomeOf(await client.signUp(challenge, code, `${username}-2`))).toBe(
      '409 CONFLICT IDENTITY_TAKEN',
    );
    const started = await client.completeSession(challenge, client.proofOf(code));
    expect(started.status).toBe(200);
    const { id } = started.data.completeSession.principal;
    expect(await actionsOf(id)).toEqual(expect.arrayContaining(['user.signed_up OPEN']));
    const login = await server.ask(
      'mutation ($u: String!) { login(username: $u, password: "a password of another") { tokenType } }',
      { variables: { u: username } },
    );
    expect(login.reason).toBe('BAD_CREDENTIALS');
  });

  it('is not for a provider that allows none', async () => {
    const { challenge, returned } = await codeFor({ subject: aSubject() });
    expect(returned.get('code')).toBeNull();
    expect((await client.signUp(challenge, 'x'.repeat(43), 'nemo')).reason).toBe('CHALLENGE_ENDED');
  });

  it('leaves the last way in, until there is a password or another one', async () => {
    const subject = aSubject();
    const { challenge, returned } = await codeFor({ subject }, { provider: 'OPEN' });
    await client.signUp(challenge, returned.get('code'), `alone-${count}`);
    const { accessToken } = (await tokensOf({ subject }, 'OPEN')).data.completeLogin;
    const [{ id }] = await identitiesOf(accessToken);
    expect(outcomeOf(await unlink(accessToken, id))).toBe('409 CONFLICT LAST_WAY_IN');
    // The provider is the proof with which another one is linked.
    const [linked, proof] = [
      await codeFor({ subject: aSubject() }, { token: accessToken }),
      await codeFor({ subject }, { provider: 'OPEN', token: accessToken }),
    ];
    const answer = await client.link(
      accessToken,
      linked.returned.get('code'),
      client.proofOf(proof.returned.get('code')),
    );
    expect(outcomeOf(answer)).toBe('200 linkProvider');
    expect(outcomeOf(await unlink(accessToken, id))).toBe('200 unlinkProvider');
  });
});

describe('what a provider proves', () => {
  const fresh = async (token: string) =>
    outcomeOf(await server.ask('mutation { unlinkProvider(id: "none") }', { token }));

  it('counts from the time of the log-in at the provider', async () => {
    const user = await server.aUser();
    const { subject } = await link(user);
    const at = Math.floor(Date.now() / 1000) - 1_000;
    const { accessToken } = (await tokensOf({ subject, at })).data.completeLogin;
    expect(await fresh(accessToken)).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    const again = await codeFor({ subject }, { token: accessToken });
    const renewed = await ofFactors.reauthenticate(
      accessToken,
      client.proofOf(again.returned.get('code')),
    );
    expect(outcomeOf(renewed)).toBe('200 reauthenticate');
    expect(await fresh(renewed.data.reauthenticate.accessToken)).toBe('404 NOT_FOUND');
  });

  it('is named by the error that asks for a new proof, where a login there has a time', async () => {
    const user = await server.aUser();
    const { subject } = await link(user);
    const at = Math.floor(Date.now() / 1000) - 1_000;
    const { accessToken: token } = (await tokensOf({ subject, at })).data.completeLogin;
    const { errors } = await server.ask('mutation { unlinkProvider(id: "none") }', { token });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      {
        code: 'UNAUTHENTICATED',
        reason: 'AUTHENTICATION_TOO_OLD',
        coordinate: 'Mutation.unlinkProvider',
        requires: [],
        policies: [],
        maxAge: 900,
        providers: { ACME: 2, OPEN: 2, PLAIN: 1 },
      },
    ]);
    const anonymous = await server.ask('{ me { id } }');
    expect(anonymous.errors?.[0]?.extensions).not.toHaveProperty('providers');
    const { data } = await server.ask('{ providers { name confirms } }');
    expect(data.providers).toEqual([
      { name: 'ACME', confirms: 2 },
      { name: 'OPEN', confirms: 2 },
      { name: 'PLAIN', confirms: 1 },
      { name: 'OLD', confirms: 0 },
    ]);
  });

  it('is nothing recent without a time, also where the token has one', async () => {
    const user = await server.aUser();
    const { subject } = await link(user, undefined, 'OLD');
    const { accessToken: token } = (await tokensOf({ subject }, 'OLD')).data.completeLogin;
    expect(await fresh(token)).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    const { returned } = await codeFor({ subject }, { provider: 'OLD', token });
    const proof = client.proofOf(returned.get('code'));
    const again = await ofFactors.reauthenticate(token, proof);
    expect(outcomeOf(again)).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
  });

  const factorsAfter = async (who: NonNullable<Who>, provider: string) => {
    const opened = await tokensOf(who, provider);
    const token = opened.data.completeLogin.accessToken;
    const { data } = await server.ask(
      '{ viewer { groups authentications { factor } withheld { group } } }',
      { token },
    );
    return { token, ...data.viewer };
  };
  const acr = 'urn:acme:mfa';

  it('is one kind of factor, beside a password too, and two where the configuration says so', async () => {
    const subject = aSubject();
    const { challenge, returned } = await codeFor({ subject }, { provider: 'OPEN' });
    await client.signUp(challenge, returned.get('code'), `kinds-${count}`);
    const { data } = await server.ask(
      'query ($n: String!) { users(first: 1, search: $n) { edges { node { id } } } }',
      { token: server.admin.accessToken, variables: { n: `kinds-${count}` } },
    );
    await server.ask('mutation ($id: ID!) { grantGroup(userId: $id, group: MANAGER) { id } }', {
      token: server.admin.accessToken,
      variables: { id: data.users.edges[0].node.id },
    });
    expect(await factorsAfter({ subject }, 'OPEN')).toMatchObject({
      groups: ['STAFF'],
      authentications: [{ factor: 'PROVIDER' }],
      withheld: [{ group: 'MANAGER' }],
    });
    expect(await factorsAfter({ subject, acr }, 'OPEN')).toMatchObject({
      groups: ['MANAGER', 'STAFF'],
      authentications: [{ factor: 'PROVIDER_VERIFIED' }],
    });
    expect(await factorsAfter({ subject, acr: 'urn:other' }, 'OPEN')).toMatchObject({
      groups: ['STAFF'],
    });
  });

  it('is no more than its link has proved: a password alone never becomes two kinds', async () => {
    const user = await server.aUser('MANAGER');
    const { subject } = await link(user);
    const opened = await factorsAfter({ subject, acr }, 'ACME');
    expect(opened).toMatchObject({ groups: [], authentications: [{ factor: 'PROVIDER' }] });
    const both = await ofFactors.reauthenticate(opened.token, password);
    const { data } = await server.ask('{ viewer { groups } }', {
      token: both.data.reauthenticate.accessToken,
    });
    expect(data.viewer.groups).toEqual([]);
  });

  it('ends with a new password that recovers the account', async () => {
    const user = await server.aUser();
    const { subject } = await link(user);
    const reset = await server.ask(
      'mutation ($id: ID!) { resetPassword(userId: $id, newPassword: "basalt-otter-17-quill") { id } }',
      { token: server.admin.accessToken, variables: { id: user.id } },
    );
    expect(outcomeOf(reset)).toBe('200 resetPassword');
    expect((await codeFor({ subject })).returned.get('error')).toBe('login_failed');
  });

  it.each([
    { what: 'a code of its app', proves: 2 },
    { what: 'a recovery code', proves: 1 },
  ])(
    'leaves the second factor due, unless it is two kinds and was linked by $what: $proves',
    async ({ proves }) => {
      const user = await server.aUser('STAFF');
      const { accessToken: token } = user;
      const { secret, recoveryCodes } = await ofFactors.addApp(user, { proof: password });
      const [first, second] = recoveryCodes.map((recoveryCode) => ({ recoveryCode }));
      const ofApp = { otp: codeOf(secret, new Date(Date.now() + 30_000)) };
      const subject = aSubject();
      const { returned } = await codeFor({ subject }, { token });
      const code = returned.get('code');
      const asked = await client.link(token, code, password);
      expect(outcomeOf(asked)).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
      const proof = proves === 2 ? ofApp : (first ?? {});
      const linked = await client.link(token, code, proof, challengeOf(asked));
      expect(outcomeOf(linked)).toBe('200 linkProvider');

      const due = await tokensOf({ subject });
      expect(due.errors[0].extensions).toMatchObject({
        reason: 'FACTOR_REQUIRED',
        factors: ['OTP', 'RECOVERY_CODE'],
      });
      const completed = await client.completeLogin(challengeOf(due), second ?? {});
      expect(completed.data?.completeLogin.user.id).toBe(user.id);
      const verified = await tokensOf({ subject, acr });
      expect(outcomeOf(verified)).toBe(
        proves === 2 ? '200 completeLogin' : '401 UNAUTHENTICATED FACTOR_REQUIRED',
      );
    },
  );
});
