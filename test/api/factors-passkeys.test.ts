import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Changes, createTestPasskey, type TestPasskey } from '../support/authenticator.ts';
import {
  challengeOf,
  codeOf,
  createFactorsClient,
  outcomeOf,
  type Proofs,
  proofArguments,
  proofParameters,
  startFactorsServer,
} from '../support/factors-server.ts';
import { isWhole } from '../support/sample.ts';
import { type TestServer, type TestUser, userPassword } from '../support/test-server.ts';

const origin = 'https://www.example.org';
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
    environment: {
      ACCESS_TOKEN_SECONDS: '3600',
      FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}`,
      PASSKEY_RP_ID: 'example.org',
      PASSKEY_ORIGINS: `${origin},https://example.org`,
    },
  });
  client = createFactorsClient(server, now);
});
afterAll(() => server.stop());
beforeEach(async () => {
  // Each test may use up what an address may try.
  await server.owner.migrations.query('DELETE FROM gatehouse_factors.address_attempts');
  user = await server.aUser('STAFF');
});

const begin = async (
  { accessToken: token }: Pick<TestUser, 'accessToken'>,
  proofs: Proofs = {},
): Promise<string> => {
  const text = `mutation ${proofParameters} { beginPasskey(${proofArguments}) }`;
  const answer = await client.withProof(text, { token }, proofs);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.data.beginPasskey;
};
const proofBy = async (passkey: TestPasskey) => ({
  passkey: passkey.get((await optionsFor()).options),
});
const add = ({ accessToken }: Pick<TestUser, 'accessToken'>, response: string, name = 'Laptop') =>
  server.ask(
    `mutation ($r: String!, $n: String!) {
      addPasskey(response: $r, name: $n) {
        factor { id kind name isBackedUp lastUsedAt } recoveryCodes
      }
    }`,
    { token: accessToken, variables: { r: response, n: name } },
  );
const aPasskey = async (
  owner: Pick<TestUser, 'accessToken'>,
  { counts = false, ...begun }: Proofs & { readonly counts?: boolean } = {},
) => {
  const passkey = createTestPasskey({ origin, counts });
  const added = await add(owner, passkey.create(await begin(owner, begun)));
  if (added.status !== 200) throw new Error(added.text);
  return passkey;
};
const optionsFor = async (challenge?: string) => {
  const answer = await server.ask(
    'query ($c: String) { passkeyOptions(challenge: $c) { options challenge } }',
    { variables: { c: challenge } },
  );
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.data.passkeyOptions;
};
/** Logs in without a username. */
const logInBy = async (passkey: TestPasskey, changes: Changes = {}) => {
  const { options, challenge } = await optionsFor();
  return client.complete(challenge, { passkey: passkey.get(options, changes) });
};
/** Logs in with a password and a passkey. */
const completeBy = async (passkey: TestPasskey, changes: Changes = {}) => {
  const challenge = challengeOf(await client.logIn(user));
  const { options } = await optionsFor(challenge);
  return client.complete(challenge, { passkey: passkey.get(options, changes) });
};
const lastFailure = async (subjectId?: string): Promise<string | null | undefined> => {
  const events = await server.connection.database.auditEvent.findMany({
    where: { action: 'login.failed', ...(subjectId === undefined ? {} : { subjectId }) },
    orderBy: { id: 'asc' },
  });
  return events.at(-1)?.detail;
};
const bad = '401 UNAUTHENTICATED BAD_CREDENTIALS';
const ended = '401 UNAUTHENTICATED CHALLENGE_ENDED';
const done = '200 completeLogin';

describe('the enrolment of a passkey', () => {
  it('asks for a discoverable passkey of this site that verifies its user', async () => {
    expect(JSON.parse(await begin(user))).toMatchObject({
      rp: { id: 'example.org', name: 'Gatehouse' },
      user: { name: user.username, id: Buffer.from(user.id).toString('base64url') },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      excludeCredentials: [],
    });
    const passkey = await aPasskey(user);
    expect(JSON.parse(await begin(user, { proof: await proofBy(passkey) }))).toMatchObject({
      excludeCredentials: [{ id: passkey.id, transports: ['internal', 'hybrid'] }],
    });
  });

  it('adds several with names, gives recovery codes with the first, and ends other sessions', async () => {
    const other = await server.logIn(user.username, userPassword);
    const first = createTestPasskey({ origin });
    const added = await add(user, first.create(await begin(user)), ' Laptop ');
    expect(added.data.addPasskey).toMatchObject({
      factor: { kind: 'PASSKEY', name: 'Laptop', isBackedUp: true, lastUsedAt: null },
      recoveryCodes: { length: 10 },
    });
    expect((await server.ask('{ me { id } }', { token: other.accessToken })).status).toBe(401);
    const { accessToken } = (await logInBy(first)).data.completeLogin;
    const second = createTestPasskey({ origin });
    pass(1);
    const next = await add(
      { accessToken },
      second.create(await begin({ accessToken }, { proof: await proofBy(first) })),
      'Phone',
    );
    expect(next.data.addPasskey.recoveryCodes).toEqual([]);
    const { secondFactors } = await client.factorsOf(accessToken);
    expect(secondFactors).toMatchObject([
      { name: 'Laptop', lastUsedAt: new Date(nowMs).toISOString() },
      { name: 'Phone', lastUsedAt: null },
    ]);
  });

  it.each<{ what: string; changes: Changes }>([
    { what: 'of another origin', changes: { origin: 'https://evil.example' } },
    { what: 'of another origin of the domain', changes: { origin: 'https://x.example.org' } },
    { what: 'of another relying party', changes: { rpId: 'evil.example' } },
    { what: 'without user verification', changes: { isVerified: false } },
    {
      what: 'with another challenge',
      changes: { challenge: randomBytes(54).toString('base64url') },
    },
    { what: 'from a frame of another site', changes: { crossOrigin: true } },
    { what: 'of a login', changes: { type: 'webauthn.get' } },
  ])('is refused with an answer $what', async ({ changes }) => {
    const response = createTestPasskey({ origin }).create(await begin(user), changes);
    expect(outcomeOf(await add(user, response))).toBe('400 BAD_USER_INPUT');
    expect((await client.factorsOf(user.accessToken)).secondFactors).toEqual([]);
  });

  it.each([
    { what: 'transports that the database rejects', transports: ['\u0000'], idBytes: 16 },
    { what: 'a credential id of more than 1,023 bytes', transports: ['usb'], idBytes: 1024 },
    { what: 'a credential id that no index holds', transports: ['usb'], idBytes: 3000 },
  ])('is refused with $what', async ({ transports, idBytes }) => {
    const id = randomBytes(idBytes).toString('base64url');
    const made = JSON.parse(createTestPasskey({ origin, id }).create(await begin(user)));
    const response = { ...made.response, transports };
    const added = await add(user, JSON.stringify({ ...made, response }));
    expect(outcomeOf(added)).toBe('400 BAD_USER_INPUT');
  });

  it('accepts a credential id of 1,023 bytes', async () => {
    const id = randomBytes(1023).toString('base64url');
    const passkey = createTestPasskey({ origin, id });
    expect(outcomeOf(await add(user, passkey.create(await begin(user))))).toBe('200 addPasskey');
    expect(outcomeOf(await logInBy(passkey))).toBe(done);
  });

  it('is refused with an answer to another session, another user, and after its time', async () => {
    const options = await begin(user);
    const other = await server.aUser();
    const again = await server.logIn(user.username, userPassword);
    for (const owner of [other, again]) {
      const response = createTestPasskey({ origin }).create(options);
      expect(outcomeOf(await add(owner, response))).toBe('400 BAD_USER_INPUT');
    }
    pass(5 * 60);
    const late = await add(user, createTestPasskey({ origin }).create(options));
    expect(outcomeOf(late)).toBe('400 BAD_USER_INPUT');
  });

  it('is refused with a credential id that exists, of whatever user, and with a used answer', async () => {
    const passkey = createTestPasskey({ origin });
    const response = passkey.create(await begin(user));
    expect(outcomeOf(await add(user, response))).toBe('200 addPasskey');
    const { accessToken } = (await logInBy(passkey)).data.completeLogin;
    const replayed = await add({ accessToken }, response);
    expect(outcomeOf(replayed)).toBe('400 BAD_USER_INPUT');
    const copy = createTestPasskey({ origin, id: passkey.id });
    const other = await server.aUser();
    const taken = await add(other, copy.create(await begin(other)));
    expect(outcomeOf(taken)).toBe('409 CONFLICT PASSKEY_EXISTS');
    expect(outcomeOf(await logInBy(copy))).toBe(bad);
    expect(outcomeOf(await logInBy(passkey))).toBe(done);
  });
});

describe('a login by a passkey', () => {
  it('needs no username and no password, and proves two kinds of factors', async () => {
    const passkey = await aPasskey(user);
    const { options, challenge } = await optionsFor();
    expect(JSON.parse(options)).toMatchObject({
      rpId: 'example.org',
      userVerification: 'required',
      allowCredentials: [],
      challenge,
    });
    const answer = await client.complete(challenge, { passkey: passkey.get(options) });
    expect(answer.data.completeLogin.user.id).toBe(user.id);
    const { data } = await server.ask('{ viewer { authentications { factor } } }', {
      token: answer.data.completeLogin.accessToken,
    });
    expect(data.viewer.authentications).toEqual([{ factor: 'PASSKEY_VERIFIED' }]);
  });

  it('completes one with a password, and names the passkeys of that user alone', async () => {
    const passkey = await aPasskey(user);
    await aPasskey(await server.aUser());
    const due = await client.logIn(user);
    expect(due.errors[0].extensions.factors).toEqual(['RECOVERY_CODE', 'PASSKEY_VERIFIED']);
    const { options } = await optionsFor(challengeOf(due));
    expect(JSON.parse(options).allowCredentials).toMatchObject([{ id: passkey.id }]);
    expect(outcomeOf(await completeBy(passkey))).toBe(done);
  });

  it.each<{ what: string; changes: Changes; says: string }>([
    { what: 'of another origin', changes: { origin: 'https://evil.example' }, says: 'not valid' },
    { what: 'of another relying party', changes: { rpId: 'evil.example' }, says: 'not valid' },
    { what: 'without user verification', changes: { isVerified: false }, says: 'not valid' },
    { what: 'from a frame of another site', changes: { crossOrigin: true }, says: 'not valid' },
    { what: 'of an enrolment', changes: { type: 'webauthn.create' }, says: 'not valid' },
    { what: 'with another user handle', changes: { userHandle: 'AAAA' }, says: 'another user' },
  ])('is refused with an answer $what, and its passkey works on', async ({ changes, says }) => {
    const passkey = await aPasskey(user);
    expect(outcomeOf(await logInBy(passkey, changes))).toBe(bad);
    expect(await lastFailure()).toContain(says);
    expect(outcomeOf(await completeBy(passkey, changes))).toBe(bad);
    expect(outcomeOf(await logInBy(passkey))).toBe(done);
  });

  it('is refused without a user handle, unless a password named the user', async () => {
    const passkey = await aPasskey(user);
    expect(outcomeOf(await logInBy(passkey, { userHandle: null }))).toBe(bad);
    expect(outcomeOf(await completeBy(passkey, { userHandle: null }))).toBe(done);
  });

  it('is refused with the passkey of another user after a password', async () => {
    await aPasskey(user);
    const others = await aPasskey(await server.aUser());
    expect(outcomeOf(await completeBy(others))).toBe(bad);
    expect(await lastFailure(user.id)).toBe('passkey of another user');
  });

  it('is refused with a passkey that is not known', async () => {
    await aPasskey(user);
    expect(outcomeOf(await logInBy(createTestPasskey({ origin })))).toBe(bad);
  });

  it('is refused with a counter that does not rise', async () => {
    const passkey = await aPasskey(user, { counts: true });
    expect(outcomeOf(await logInBy(passkey))).toBe(done);
    for (const counter of [0, 1, 2]) {
      expect(outcomeOf(await logInBy(passkey, { counter }))).toBe(bad);
      expect(await lastFailure()).toBe('passkey whose counter went back');
    }
    expect(outcomeOf(await logInBy(passkey, { counter: 1000 }))).toBe(done);
  });

  it('spends its challenge once, also at the same time', async () => {
    const passkey = await aPasskey(user);
    const { options, challenge } = await optionsFor();
    const proof = { passkey: passkey.get(options) };
    const answers = await Promise.all([1, 2, 3].map(() => client.complete(challenge, proof)));
    const outcomes = answers.map(outcomeOf).toSorted();
    expect(outcomes[0]).toBe(done);
    // It depends on when they arrive.
    for (const outcome of outcomes.slice(1)) expect([bad, ended]).toContain(outcome);
    expect(outcomeOf(await client.complete(challenge, proof))).toBe(ended);
  });

  it('is refused with a challenge of another purpose, or after its time', async () => {
    const passkey = await aPasskey(user);
    const enrolling = JSON.parse(await begin(user, { proof: await proofBy(passkey) })).challenge;
    const get = (challenge: string) =>
      passkey.get(JSON.stringify({ rpId: 'example.org', challenge }));
    const byEnrolment = await client.complete(enrolling, { passkey: get(enrolling) });
    expect(outcomeOf(byEnrolment)).toBe(ended);

    const pending = challengeOf(await client.logIn(user));
    const other = challengeOf(await client.logIn(user));
    const { options } = await optionsFor(pending);
    const byOther = await client.complete(other, { passkey: passkey.get(options) });
    expect(outcomeOf(byOther)).toBe(ended);
    const signed = JSON.parse(options).challenge;
    const asNew = await client.complete(signed, { passkey: passkey.get(options) });
    expect(outcomeOf(asNew)).toBe(ended);
    const unsigned = randomBytes(54).toString('base64url');
    expect(outcomeOf(await client.complete(unsigned, { passkey: get(unsigned) }))).toBe(ended);

    const late = await optionsFor();
    pass(5 * 60);
    const answer = await client.complete(late.challenge, { passkey: passkey.get(late.options) });
    expect(outcomeOf(answer)).toBe(ended);
  });

  it('does not continue a login that has ended', async () => {
    const passkey = await aPasskey(user);
    const challenge = challengeOf(await client.logIn(user));
    const { options } = await optionsFor(challenge);
    const proof = { passkey: passkey.get(options) };
    expect(outcomeOf(await client.complete(challenge, proof))).toBe(done);
    expect(outcomeOf(await client.complete(challenge, proof))).toBe(ended);
    const options2 = await server.ask(
      'query ($c: String) { passkeyOptions(challenge: $c) { challenge } }',
      { variables: { c: challenge } },
    );
    expect(outcomeOf(options2)).toBe(ended);
  });

  it('lets a session prove itself again', async () => {
    const passkey = await aPasskey(user);
    const { options } = await optionsFor();
    pass(60);
    const renewed = await client.reauthenticate(user.accessToken, {
      passkey: passkey.get(options),
    });
    expect(outcomeOf(renewed)).toBe('200 reauthenticate');
    const others = await aPasskey(await server.aUser());
    const { accessToken } = renewed.data.reauthenticate;
    const again = await optionsFor();
    const refused = await client.reauthenticate(accessToken, {
      passkey: others.get(again.options),
    });
    expect(outcomeOf(refused)).toBe(bad);
  });

  it('that was added after a recovery code removes no factor for 24 hours', async () => {
    const { recoveryCodes, factorId } = await client.addApp(user);
    const recovered = await client.session(user, { recoveryCode: recoveryCodes[0] ?? '' });
    const passkey = await aPasskey(recovered);
    const remove = async () => {
      const { accessToken: token } = (await logInBy(passkey)).data.completeLogin;
      const variables = { id: factorId };
      return server.ask('mutation ($id: ID!) { removeFactor(id: $id) }', { token, variables });
    };
    expect(outcomeOf(await remove())).toBe('409 CONFLICT RECOVERED_SESSION');
    pass(24 * 60 * 60);
    expect(outcomeOf(await remove())).toBe('200 removeFactor');
  });

  it('stays when an app is left whose secret is lost, since nothing else could log in', async () => {
    const { secret, factorId } = await client.addApp(user);
    pass(60);
    const session = await client.session(user, { otp: codeOf(secret, now()) });
    pass(60);
    const passkey = await aPasskey(session, { second: { otp: codeOf(secret, now()) } });
    const tables = server.owner.migrations;
    await tables.query('UPDATE gatehouse_factors.otp_factors SET lost_at = now()');
    await tables.query('DELETE FROM gatehouse_factors.recovery_codes');
    const { accessToken: token } = (await logInBy(passkey)).data.completeLogin;
    const { secondFactors } = await client.factorsOf(token);
    const remove = (id: string) =>
      server.ask('mutation ($id: ID!) { removeFactor(id: $id) }', { token, variables: { id } });
    const last = secondFactors.find(({ kind }: { kind: string }) => kind === 'PASSKEY').id;
    expect(outcomeOf(await remove(last))).toBe('409 CONFLICT LAST_FACTOR');
    expect((await remove(factorId)).status).toBe(200);
    expect((await remove(last)).status).toBe(200);
  });

  it('is limited by address, and does not lock an account', async () => {
    const passkey = await aPasskey(user);
    let limited = 0;
    for (let n = 0; n < 310; n += 1) {
      const answer = await server.ask('{ passkeyOptions { challenge } }');
      if (answer.code === 'RATE_LIMITED') limited += 1;
    }
    expect(limited).toBe(10);
    pass(15 * 60);
    expect(outcomeOf(await logInBy(passkey))).toBe(done);
  });

  it.runIf(isWhole)('lets the codes of an app work again that rested', async () => {
    const passkey = await aPasskey(user);
    const { accessToken } = (await logInBy(passkey)).data.completeLogin;
    const { secret } = await client.addApp({ accessToken }, { proof: await proofBy(passkey) });
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 10; n += 1) await client.logInWith(user, { otp: '000000' });
      pass(15 * 60);
    }
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(bad);
    expect(outcomeOf(await completeBy(passkey))).toBe(done);
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(done);
  });
});
