import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  codeOf,
  createFactorsClient,
  outcomeOf,
  proofArguments,
  startFactorsServer,
} from '../support/factors-server.ts';
import { type TestServer, type TestUser, userPassword } from '../support/test-server.ts';

const day = 24 * 60 * 60;
let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: TestServer;
let client: ReturnType<typeof createFactorsClient>;
let user: TestUser;
beforeAll(async () => {
  server = await startFactorsServer({
    now,
    options: { groups: { AUDITOR: 2 }, graceDays: 3 },
    environment: { ACCESS_TOKEN_SECONDS: '3600' },
  });
  client = createFactorsClient(server, now);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

const ask = ({ accessToken }: Pick<TestUser, 'accessToken'>, text: string, variables = {}) =>
  server.ask(text, { token: accessToken, variables });
const remove = (owner: Pick<TestUser, 'accessToken'>, id: string) =>
  ask(owner, 'mutation ($id: ID!) { removeFactor(id: $id) }', { id });
const rename = (owner: Pick<TestUser, 'accessToken'>, id: string, name: string) =>
  ask(owner, 'mutation ($id: ID!, $n: String!) { renameFactor(id: $id, name: $n) { name } }', {
    id,
    n: name,
  });
const renew = ({ accessToken }: Pick<TestUser, 'accessToken'>, secret?: string) =>
  client.renewRecoveryCodes(
    accessToken,
    secret === undefined ? {} : { second: { otp: codeOf(secret, now()) } },
  );
const reset = (by: Pick<TestUser, 'accessToken'>, userId: string) =>
  ask(by, 'mutation ($id: ID!) { resetFactors(userId: $id) { id } }', { id: userId });
const open = (by: Pick<TestUser, 'accessToken'>, userId: string) =>
  ask(by, 'mutation ($id: ID!) { openEnrolment(userId: $id) }', { id: userId });
/** Sets the own address. */
const address = (by: Pick<TestUser, 'accessToken'>, id: string, secret?: string) =>
  client.withProof(
    `mutation ($i: ID!, $proof: Proof!, $challenge: String) {
      updateUser(id: $i, input: { email: "e@e.org" }, ${proofArguments}) { id }
    }`,
    { token: by.accessToken, variables: { i: id } },
    secret === undefined ? {} : { second: { otp: codeOf(secret, now()) } },
  );
const anAdmin = () => server.aUser('ADMIN');

/** A user with an app who has just logged in with it. */
async function withApp(given: TestUser = user) {
  const app = await client.addApp(given);
  pass(60);
  const session = await client.session(given, { otp: codeOf(app.secret, now()) });
  pass(60);
  return { ...app, session };
}

const actions = async (subjectId: string): Promise<readonly string[]> => {
  const events = await server.connection.database.auditEvent.findMany({
    where: { subjectId },
    orderBy: { id: 'asc' },
  });
  return events
    .map(({ action }) => action)
    .filter((action) => /^(otp|factor|recovery|enrol)/.test(action));
};

describe('the owner of factors', () => {
  it('renames, renews and removes them, which the audit log records', async () => {
    const { factorId, secret, session } = await withApp();
    expect((await rename(session, factorId, 'Old phone')).data.renameFactor.name).toBe('Old phone');
    const codes = (await renew(session, secret)).data.renewRecoveryCodes;
    expect(new Set(codes).size).toBe(10);
    expect((await remove(session, factorId)).data.removeFactor).toBe(factorId);
    expect(await client.factorsOf(session.accessToken)).toEqual({
      recoveryCodesLeft: 0,
      secondFactors: [],
    });
    expect(await actions(user.id)).toEqual([
      'otp.enrolled',
      'factor.renamed',
      'recovery_codes.renewed',
      'factor.removed',
    ]);
    expect((await client.logIn(user)).status).toBe(200);
  });

  it('ends all other sessions and pending logins with each change', async () => {
    const { secret, factorId, session } = await withApp();
    const changes = [
      () => rename(session, factorId, 'Phone'),
      () => renew(session, secret),
      () => remove(session, factorId),
    ];
    for (const change of changes) {
      pass(60);
      const other = await client.session(user, { otp: codeOf(secret, now()) });
      const pending = await client.logIn(user);
      pass(60);
      expect((await change()).status).toBe(200);
      expect((await ask(other, '{ me { id } }')).status).toBe(401);
      const challenge = pending.errors[0].extensions.challenge;
      const late = await client.complete(challenge, { otp: codeOf(secret, now()) });
      expect(late.reason).toBe('CHALLENGE_ENDED');
      expect((await ask(session, '{ me { id } }')).status).toBe(200);
    }
  });

  it('needs proofs of two kinds, and nothing is changed without them', async () => {
    const { secret, factorId } = await client.addApp(user);
    // The session that has added the app has proved a password alone.
    expect(outcomeOf(await renew(user))).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
    expect(outcomeOf(await remove(user, factorId))).toBe('401 UNAUTHENTICATED FACTORS_MISSING');
    pass(60);
    const session = await client.session(user, { otp: codeOf(secret, now()) });
    pass(15 * 60 + 1);
    for (const answer of [
      await remove(session, factorId),
      await rename(session, factorId, 'Phone 2'),
    ]) {
      expect(outcomeOf(answer)).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    }
    const found = await client.factorsOf(session.accessToken);
    expect(found).toMatchObject({ recoveryCodesLeft: 10, secondFactors: [{ name: 'Phone' }] });
  });

  it.each(['unknown', randomUUID()])('does not find the factor %s', async (id) => {
    expect(outcomeOf(await remove(user, id))).toBe('404 NOT_FOUND');
    expect(outcomeOf(await rename(user, id, 'Phone'))).toBe('404 NOT_FOUND');
  });

  it('does not find the factor of another user', async () => {
    const other = await server.aUser();
    const { factorId } = await client.addApp(other);
    const { session } = await withApp();
    expect(outcomeOf(await remove(session, factorId))).toBe('404 NOT_FOUND');
    expect(outcomeOf(await rename(session, factorId, 'Mine'))).toBe('404 NOT_FOUND');
    expect((await client.logIn(other)).reason).toBe('FACTOR_REQUIRED');
  });

  it.each(['', ' ', 'a'.repeat(65), 'a\nb', 'a\u202eb'])('refuses the name %j', async (name) => {
    const { session, factorId } = await withApp();
    expect(outcomeOf(await rename(session, factorId, name))).toBe('400 BAD_USER_INPUT');
  });

  it('gets no recovery codes without another factor', async () => {
    expect(outcomeOf(await renew(user))).toBe('409 CONFLICT NO_SECOND_FACTOR');
  });

  it('may enrol after a recovery code, and remove a factor after 24 hours', async () => {
    const { recoveryCodes, factorId, secret } = await client.addApp(user);
    const refused = '409 CONFLICT RECOVERED_SESSION';
    const recovered = await client.session(user, { recoveryCode: recoveryCodes[0] ?? '' });
    expect(outcomeOf(await remove(recovered, factorId))).toBe(refused);
    expect(await actions(user.id)).toContain('recovery_code.used');
    const added = await client.addApp(recovered);
    expect(outcomeOf(await remove(recovered, factorId))).toBe(refused);
    pass(60);
    // The owner of the first app is not locked out by who found a code.
    expect((await client.logInWith(user, { otp: codeOf(secret, now()) })).status).toBe(200);
    const session = await client.session(user, { otp: codeOf(added.secret, now()) });
    expect(outcomeOf(await remove(session, factorId))).toBe(refused);
    for (const each of [recovered, session]) {
      pass(30);
      expect(outcomeOf(await address(each, user.id, added.secret))).toBe(refused);
    }
    pass(day);
    const later = await client.session(user, { otp: codeOf(added.secret, now()) });
    pass(30);
    expect((await address(later, user.id, added.secret)).status).toBe(200);
    expect((await remove(later, factorId)).status).toBe(200);
  });

  it('sees no factors of others', async () => {
    const other = await server.aUser('STAFF');
    const query = '{ users { edges { node { secondFactors { id } recoveryCodesLeft } } } }';
    expect((await ask(other, query)).status).toBe(403);
    expect((await ask(await anAdmin(), query)).status).toBe(200);
  });
});

describe('a group that demands factors', () => {
  it('keeps the last factor of its members', async () => {
    const auditor = await server.aUser('AUDITOR');
    const { session, factorId } = await withApp(auditor);
    expect(outcomeOf(await remove(session, factorId))).toBe('409 CONFLICT LAST_FACTOR');
    expect((await client.factorsOf(session.accessToken)).secondFactors).toHaveLength(1);
  });

  it('lets members enrol for the days of grace, and later only while enrolment is open', async () => {
    const auditor = await server.aUser('AUDITOR');
    const another = await server.aUser('AUDITOR');
    pass(3 * day - 60);
    const early = await server.logIn(another.username, userPassword);
    await client.addApp(early);
    pass(120);
    const late = await server.logIn(auditor.username, userPassword);
    expect(outcomeOf(await client.enrolOtp(late.accessToken))).toBe(
      '409 CONFLICT ENROLMENT_CLOSED',
    );
    const opened = await open(await anAdmin(), auditor.id);
    expect(opened.data.openEnrolment).toBe(new Date(nowMs + day * 1000).toISOString());
    await client.addApp(late);
    expect(await actions(auditor.id)).toContain('enrolment.opened');
  });

  it('gives no new days of grace when it is granted again', async () => {
    const auditor = await server.aUser('AUDITOR');
    pass(3 * day - 60);
    const again = 'mutation ($id: ID!) { grantGroup(userId: $id, group: AUDITOR) { id } }';
    expect((await ask(await anAdmin(), again, { id: auditor.id })).status).toBe(200);
    pass(120);
    const late = await server.logIn(auditor.username, userPassword);
    expect((await ask(late, '{ viewer { groups } }')).data.viewer.groups).toEqual([]);
  });

  it('closes enrolment again after 24 hours', async () => {
    const auditor = await server.aUser('AUDITOR');
    pass(4 * day);
    await open(await anAdmin(), auditor.id);
    pass(day);
    const late = await server.logIn(auditor.username, userPassword);
    expect(outcomeOf(await client.enrolOtp(late.accessToken))).toBe(
      '409 CONFLICT ENROLMENT_CLOSED',
    );
  });

  it('closes an enrolment that was begun before the end of the grace', async () => {
    const auditor = await server.aUser('AUDITOR');
    pass(3 * day - 60);
    const late = await server.logIn(auditor.username, userPassword);
    const { enrolment, secret } = (await client.enrolOtp(late.accessToken)).data.enrolOtp;
    pass(120);
    const answer = await client.confirmOtp(late.accessToken, enrolment, codeOf(secret, now()));
    expect(outcomeOf(answer)).toBe('409 CONFLICT ENROLMENT_CLOSED');
  });
});

describe('an administrator', () => {
  it('resets the factors of a user: all sessions end, and a password alone opens the next', async () => {
    const { session } = await withApp();
    expect((await reset(await anAdmin(), user.id)).data.resetFactors.id).toBe(user.id);
    expect((await ask(session, '{ me { id } }')).status).toBe(401);
    const next = await server.logIn(user.username, userPassword);
    expect(await client.factorsOf(next.accessToken)).toEqual({
      recoveryCodesLeft: 0,
      secondFactors: [],
    });
    expect(await actions(user.id)).toEqual(['otp.enrolled', 'factors.reset']);
  });

  it('needs a fresh proof, of two kinds with a second factor', async () => {
    const admin = await anAdmin();
    pass(15 * 60 + 1);
    expect(outcomeOf(await reset(admin, user.id))).toBe(
      '401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD',
    );
    const guarded = await anAdmin();
    const { secret } = await client.addApp(guarded);
    expect(outcomeOf(await reset(guarded, user.id))).toBe('401 UNAUTHENTICATED FACTORS_MISSING');
    pass(60);
    const session = await client.session(guarded, { otp: codeOf(secret, now()) });
    expect((await reset(session, user.id)).status).toBe(200);
  });

  it('cannot do it for itself, for an unknown user, or without the group', async () => {
    const admin = await anAdmin();
    for (const act of [reset, open]) {
      expect(outcomeOf(await act(admin, admin.id.toUpperCase()))).toBe('409 CONFLICT OWN_ACCOUNT');
      expect(outcomeOf(await act(admin, randomUUID()))).toBe('404 NOT_FOUND');
      expect(outcomeOf(await act(admin, 'ada'))).toBe('404 NOT_FOUND');
      expect((await act(user, admin.id)).status).toBe(403);
    }
  });

  const resetPassword = (by: TestUser) =>
    ask(
      by,
      'mutation ($id: ID!) { resetPassword(userId: $id, newPassword: "a-brand-new-word-33") { id } }',
      {
        id: user.id,
      },
    );
  const setAddress = (by: TestUser) =>
    ask(by, 'mutation ($id: ID!) { updateUser(id: $id, input: { email: "e@e.org" }) { id } }', {
      id: user.id,
    });
  it.each([
    { what: 'password', act: resetPassword },
    { what: 'address', act: setAddress },
  ])('cannot reset both factors and $what of a user within 24 hours', async ({ act }) => {
    const refused = '409 CONFLICT SEPARATE_DUTIES';
    const made = [await anAdmin(), await anAdmin()] as const;
    // What someone does whose account was just made counts as done by everyone.
    pass(day);
    const again = (each: TestUser) => server.logIn(each.username, userPassword);
    const [one, other] = [await again(made[0]), await again(made[1])];
    expect((await reset(one, user.id)).status).toBe(200);
    expect(outcomeOf(await act(one))).toBe(refused);
    expect((await act(other)).status).toBe(200);
    expect(outcomeOf(await reset(other, user.id))).toBe(refused);
    expect(outcomeOf(await open(other, user.id))).toBe(refused);
    pass(day);
    const later = await server.logIn(other.username, userPassword);
    expect((await reset(later, user.id)).status).toBe(200);
  });

  it.each([
    { what: 'password', act: resetPassword },
    { what: 'address', act: setAddress },
  ])('cannot set the $what by a program instead, nor reset factors by one', async ({ act }) => {
    const refused = '409 CONFLICT SEPARATE_DUTIES';
    const one = await anAdmin();
    const made = await ask(
      one,
      'mutation { createApiClient(name: "a", groups: [ADMIN]) { secret } }',
    );
    const program = { ...one, accessToken: made.data.createApiClient.secret };
    expect((await reset(one, user.id)).status).toBe(200);
    expect(outcomeOf(await act(program))).toBe(refused);
    pass(day);
    expect((await act(program)).status).toBe(200);
    expect(outcomeOf(await reset(await anAdmin(), user.id))).toBe(refused);
  });

  it('may set its own address after it has reset the factors of others', async () => {
    const admin = await anAdmin();
    await reset(admin, user.id);
    expect((await address(admin, admin.id)).status).toBe(200);
  });
});

describe('a group whose days of grace are over', () => {
  const asks = '{ auditEvents(first: 1) { edges { node { id } } } }';

  it('is withheld from sessions that proved one kind, and given to those that proved two', async () => {
    const auditor = await server.aUser('AUDITOR');
    expect((await ask(auditor, asks)).status).toBe(200);
    const { secret } = await withApp(auditor);
    pass(3 * day);
    const due = await ask(await client.session(auditor, { otp: codeOf(secret, now()) }), asks);
    expect(due.status).toBe(200);
  });

  it('is refused to a session without a factor, which has to enrol one', async () => {
    const auditor = await server.aUser('AUDITOR');
    pass(3 * day + 1);
    const late = await server.logIn(auditor.username, userPassword);
    const refused = await ask(late, asks);
    expect(refused.status).toBe(403);
    expect(refused.errors[0].extensions).toMatchObject({ reason: 'FACTORS_MISSING', enrol: true });
    expect((await ask(late, '{ viewer { groups } }')).data.viewer.groups).toEqual([]);
    await open(await anAdmin(), auditor.id);
    const { secret } = await client.addApp(late);
    pass(60);
    const session = await client.session(auditor, { otp: codeOf(secret, now()) });
    expect((await ask(session, '{ viewer { groups } }')).data.viewer.groups).toEqual(['AUDITOR']);
  });
});
