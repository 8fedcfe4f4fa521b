import { factors } from '@graphql-gatehouse/factors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../support/ask.ts';
import {
  type AddedApp,
  challengeOf,
  codeOf,
  createFactorsClient,
  outcomeOf,
  proofArguments,
} from '../support/factors-server.ts';
import { type MailServer, startMailServer } from '../support/mail/mail-server.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: MailServer;
let client: ReturnType<typeof createFactorsClient>;
let user: TestUser;
beforeAll(async () => {
  server = await startMailServer({
    now,
    packages: [factors()],
    environment: {
      ACCESS_TOKEN_SECONDS: '3600',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '10',
      PASSKEY_RP_ID: 'example.org',
      PASSKEY_ORIGINS: 'https://www.example.org',
    },
  });
  client = createFactorsClient(server, now);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser();
});

/** What makes or replaces a way in to the own account. */
const ways = [
  'enrolOtp(proof: $proof, challenge: $challenge) { enrolment }',
  'beginPasskey(proof: $proof, challenge: $challenge)',
  'renewRecoveryCodes(proof: $proof, challenge: $challenge)',
  'changeEmail(email: "thief@example.net", proof: $proof, challenge: $challenge)',
  'updateUser(id: $id, input: { email: "thief@example.net" }, proof: $proof, challenge: $challenge) { id }',
] as const;
type Way = (typeof ways)[number];

interface Sent {
  readonly proof?: object;
  readonly challenge?: string;
}

const send = (way: Way, { accessToken: token, id }: TestUser, sent: Sent = {}): Promise<Answer> => {
  const declared = way.includes('$id') ? ', $id: ID!' : '';
  return server.ask(`mutation ($proof: Proof!, $challenge: String${declared}) { ${way} }`, {
    token,
    variables: { ...sent, ...(declared === '' ? {} : { id }) },
  });
};
const password = { password: userPassword };
const wrong = { password: 'marble-canoe-thistle-61-drum' };
const bad = '401 UNAUTHENTICATED BAD_CREDENTIALS';
const isDue = '401 UNAUTHENTICATED FACTOR_REQUIRED';
const ended = '401 UNAUTHENTICATED CHALLENGE_ENDED';
const limited = '429 RATE_LIMITED';
const recovered = '409 CONFLICT RECOVERED_SESSION';

const account = async ({ id }: TestUser) =>
  server.owner.migrations.query(
    `SELECT email, password_version, proved, proof_count,
       (SELECT count(*)::int FROM gatehouse_factors.otp_factors WHERE user_id = users.id) AS apps,
       (SELECT count(*)::int FROM gatehouse_factors.passkeys WHERE user_id = users.id) AS passkeys,
       (SELECT count(*)::int FROM gatehouse_factors.recovery_codes WHERE user_id = users.id) AS codes,
       (SELECT count(*)::int FROM gatehouse_mail.tokens WHERE user_id = users.id) AS links
     FROM gatehouse.users JOIN gatehouse.sessions ON sessions.user_id = users.id
     WHERE users.id = '${id}'`,
  );
const events = async (subjectId: string) =>
  server.connection.database.auditEvent.findMany({ where: { subjectId }, orderBy: { id: 'asc' } });
const sessionOf = async ({ accessToken: token }: TestUser): Promise<string> =>
  (await server.ask('{ me { sessions { id current } } }', { token })).data.me.sessions.find(
    ({ current }: { current: boolean }) => current,
  ).id;
const changePassword = ({ accessToken: token }: TestUser) =>
  server.ask(
    'mutation ($c: String!, $n: String!) { changePassword(currentPassword: $c, newPassword: $n) { tokenType } }',
    { token, variables: { c: userPassword, n: wrong.password } },
  );

describe('a thief of an access token of the first minutes (CWE-306, ASVS 7.5.1)', () => {
  it.each(ways)('makes no way in without the password: %s', async (way) => {
    const before = await account(user);
    const proofless = way
      .replace(', challenge: $challenge', '')
      .replace(/(\(|, )proof: \$proof/, '$1');
    const text = proofless.replace('()', '').replace(', )', ')').replace('$id', `"${user.id}"`);
    const { status, code } = await server.ask(`mutation { ${text} }`, { token: user.accessToken });
    expect([status, code]).toEqual(
      way.startsWith('updateUser') ? [400, 'BAD_USER_INPUT'] : [400, 'GRAPHQL_VALIDATION_FAILED'],
    );
    expect(outcomeOf(await send(way, user, { proof: wrong }))).toBe(bad);
    expect(await account(user)).toEqual(before);
    const recorded = await events(await sessionOf(user));
    expect(recorded.map(({ action }) => action)).toEqual(['session.proof_refused']);
  });

  it('guesses the password at most ten times, at all fields together and at the login', async () => {
    const outcomes: string[] = [];
    for (let n = 0; n < 11; n += 1) {
      const way = ways[n % ways.length];
      if (way !== undefined) outcomes.push(outcomeOf(await send(way, user, { proof: wrong })));
    }
    expect(outcomes).toEqual([...Array(10).fill(bad), limited]);
    for (const way of ways) {
      expect(outcomeOf(await send(way, user, { proof: password }))).toBe(limited);
    }
    expect(outcomeOf(await client.logIn(user))).toBe(limited);
  });

  it('sends one guess in a request', async () => {
    const aliases = `mutation ($proof: Proof!) {
      a: enrolOtp(proof: $proof) { enrolment } b: beginPasskey(proof: $proof)
    }`;
    const answer = await server.ask(aliases, {
      token: user.accessToken,
      variables: { proof: password },
    });
    expect([answer.status, answer.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it.each(ways)('needs the second factor too, which the owner has: %s', async (way) => {
    const { secret } = await client.addApp(user);
    pass(60);
    const before = await account(user);
    const due = await send(way, user, { proof: password });
    expect(outcomeOf(due)).toBe(isDue);
    expect(await account(user)).toEqual(before);
    const challenge = challengeOf(due);
    expect(outcomeOf(await send(way, user, { proof: { otp: '000000' }, challenge }))).toBe(bad);
    const proof = { otp: codeOf(secret, now()) };
    expect((await send(way, user, { proof, challenge })).status).toBe(200);
    expect(outcomeOf(await send(way, user, { proof, challenge }))).toBe(ended);
    const again = challengeOf(await send(way, user, { proof: password }));
    expect(outcomeOf(await send(way, user, { proof, challenge: again }))).toBe(bad);
  });

  it('gets no challenge of another session, of a login or of a proof that renews a session', async () => {
    const { secret } = await client.addApp(user);
    pass(60);
    const session = await client.session(user, { otp: codeOf(secret, now()) });
    pass(60);
    const own = challengeOf(await send(ways[0], user, { proof: password }));
    const proof = { otp: codeOf(secret, now()) };
    const renewing = challengeOf(await client.reauthenticate(user.accessToken, password));
    const logIn = challengeOf(await client.logIn(user));
    const misused = [
      await send(ways[0], session, { proof, challenge: own }),
      await send(ways[0], user, { proof, challenge: renewing }),
      await send(ways[0], user, { proof, challenge: logIn }),
      await client.reauthenticate(user.accessToken, proof, own),
      await client.complete(own, proof),
    ];
    expect(misused.map(outcomeOf)).toEqual(Array(5).fill(ended));
    expect((await send(ways[0], user, { proof, challenge: own })).status).toBe(200);
  });

  it('is no fresher by what the owner proves for a change', async () => {
    pass(901);
    const isStale = async () =>
      outcomeOf(
        await server.ask('mutation { joinByInvitation(token: "") { id } }', {
          token: user.accessToken,
        }),
      );
    expect(await isStale()).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    const before = await account(user);
    expect((await send(ways[0], user, { proof: password })).status).toBe(200);
    expect(await isStale()).toBe('401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD');
    expect(await account(user)).toEqual(before);
    const [proved] = await events(await sessionOf(user));
    expect(proved).toMatchObject({ action: 'session.proved', detail: 'PASSWORD' });
  });

  it('adds no factor by an enrolment that began before the account had one', async () => {
    const { secret, enrolment } = (await client.enrolOtp(user.accessToken)).data.enrolOtp;
    await client.addApp(user);
    const late = await client.confirmOtp(user.accessToken, enrolment, codeOf(secret, now()));
    expect(outcomeOf(late)).toBe('400 BAD_USER_INPUT');
  });

  it('sets the address of others as an ADMIN by its age alone, and takes no proof for it', async () => {
    const { accessToken: token } = await server.aUser('ADMIN');
    const text = `mutation ($id: ID!, $proof: Proof) {
      updateUser(id: $id, input: { email: "a@example.org" }, proof: $proof) { id }
    }`;
    const variables = { id: user.id };
    const proven = await server.ask(text, { token, variables: { ...variables, proof: password } });
    expect(outcomeOf(proven)).toBe('400 BAD_USER_INPUT');
    expect((await server.ask(text, { token, variables })).status).toBe(200);
  });
});

describe('a thief of a recovery code and of the password (ASVS 6.4.1)', () => {
  let app: AddedApp;
  let thief: TestUser;
  const byCode = (index: number) => ({ recoveryCode: app.recoveryCodes[index] ?? '' });
  beforeEach(async () => {
    app = await client.addApp(user);
    pass(60);
    thief = await client.session(user, byCode(0));
  });

  it('gets no new codes, and changes neither password nor address, for 24 hours', async () => {
    const renew = (second: object) => client.renewRecoveryCodes(thief.accessToken, { second });
    const changeAddress = (second: object) =>
      client.withProof(
        `mutation ($proof: Proof!, $challenge: String) {
          changeEmail(email: "thief@example.net", ${proofArguments})
        }`,
        { token: thief.accessToken },
        { second },
      );
    expect(outcomeOf(await renew(byCode(1)))).toBe(recovered);
    // The code was not spent.
    expect(outcomeOf(await renew(byCode(1)))).toBe(recovered);
    expect(outcomeOf(await changeAddress(byCode(1)))).toBe(recovered);
    expect(outcomeOf(await changePassword(thief))).toBe(recovered);
    expect(outcomeOf(await client.logIn(user))).toBe(isDue);
    pass(24 * 60 * 60);
    thief = await client.session(user, { otp: codeOf(app.secret, now()) });
    pass(30);
    expect((await renew({ otp: codeOf(app.secret, now()) })).status).toBe(200);
  });

  it('gets none by a factor that it adds after the last code, nor by that factor', async () => {
    await server.owner.migrations.query(
      `DELETE FROM gatehouse_factors.recovery_codes WHERE user_id = '${user.id}'`,
    );
    // Its session has spent the last code, which counts beside the password.
    const added = await client.addApp(thief);
    expect(added.recoveryCodes).toEqual([]);
    pass(60);
    const next = await client.session(user, { otp: codeOf(added.secret, now()) });
    pass(30);
    const second = { otp: codeOf(added.secret, now()) };
    const renewed = await client.renewRecoveryCodes(next.accessToken, { second });
    expect(outcomeOf(renewed)).toBe(recovered);
    expect(outcomeOf(await changePassword(next))).toBe(recovered);
    expect(await client.factorsOf(thief.accessToken)).toMatchObject({
      recoveryCodesLeft: 0,
      secondFactors: [{}, {}],
    });
  });

  it('adds a factor with another code alone after 15 minutes, and none without the password', async () => {
    expect(outcomeOf(await client.enrolOtp(thief.accessToken, wrong))).toBe(bad);
    expect(outcomeOf(await client.enrolOtp(thief.accessToken))).toBe('200 enrolOtp');
    pass(15 * 60 + 1);
    expect(outcomeOf(await client.enrolOtp(thief.accessToken))).toBe(isDue);
    const proved = await client.enrolOtp(thief.accessToken, { second: byCode(1) });
    expect(outcomeOf(proved)).toBe('200 enrolOtp');
  });

  it('gets none of it by a token that is older than its last proof', async () => {
    const due = await client.reauthenticate(thief.accessToken, password);
    const renewed = await client.reauthenticate(thief.accessToken, byCode(1), challengeOf(due));
    expect(renewed.status).toBe(200);
    expect(outcomeOf(await changePassword(thief))).toBe(recovered);
    const second = { otp: codeOf(app.secret, now()) };
    expect(outcomeOf(await client.renewRecoveryCodes(thief.accessToken, { second }))).toBe(
      recovered,
    );
  });

  it('makes a factor in a session without a code rest on the code that was proved for it', async () => {
    const owner = await client.session(user, { otp: codeOf(app.secret, now()) });
    const added = await client.addApp(owner, { second: byCode(1) });
    pass(60);
    const next = await client.session(user, { otp: codeOf(added.secret, now()) });
    expect(outcomeOf(await changePassword(next))).toBe(recovered);
  });
});
