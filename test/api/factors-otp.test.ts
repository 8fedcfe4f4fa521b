import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  challengeOf,
  codeOf,
  createFactorsClient,
  outcomeOf,
  startFactorsServer,
} from '../support/factors-server.ts';
import { timesOf } from '../support/sample.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

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
    environment: { FACTORS_ISSUER: 'Rooms', ACCESS_TOKEN_SECONDS: '3600' },
  });
  client = createFactorsClient(server, now);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

const bad = '401 UNAUTHENTICATED BAD_CREDENTIALS';
const done = '200 completeLogin';
const wrongWords = async (subjectId: string): Promise<readonly (string | null)[]> => {
  const events = await server.connection.database.auditEvent.findMany({
    where: { subjectId, action: 'login.failed' },
    orderBy: { id: 'asc' },
  });
  return events.map(({ detail }) => detail);
};

describe('the enrolment of an authenticator app', () => {
  it('counts after the first code, gives recovery codes, and ends all other sessions', async () => {
    const other = await server.logIn(user.username, 'plum-kettle-orbit-58-fern');
    const { secret, uri, qrCode, enrolment } = (await client.enrolOtp(user.accessToken)).data
      .enrolOtp;
    expect(uri).toContain(`otpauth://totp/Rooms:${user.username}?`);
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(qrCode).toMatch(/^<svg /);
    expect((await client.logIn(user)).status).toBe(200);

    const answer = await client.confirmOtp(user.accessToken, enrolment, codeOf(secret, now()));
    expect(answer.data.confirmOtp).toMatchObject({
      factor: { kind: 'OTP', name: 'Phone', lastUsedAt: null, isLost: false, isBackedUp: null },
      recoveryCodes: Array(10).fill(expect.stringMatching(/^[0-9A-Z-]{31}$/)),
    });
    expect((await server.ask('{ me { id } }', { token: other.accessToken })).status).toBe(401);
    expect((await server.ask('{ me { id } }', { token: user.accessToken })).status).toBe(200);
    expect(outcomeOf(await client.logIn(user))).toBe('401 UNAUTHENTICATED FACTOR_REQUIRED');
    const found = await client.factorsOf(user.accessToken);
    expect(found).toMatchObject({ recoveryCodesLeft: 10, secondFactors: [{ name: 'Phone' }] });
  });

  it.each([
    { what: 'a wrong code', code: () => '000000', enrolment: (text: string) => text },
    { what: 'no code', code: () => 'abc', enrolment: (text: string) => text },
    {
      what: 'a changed enrolment',
      code: (secret: string) => codeOf(secret, now()),
      enrolment: (text: string) => `${text.slice(0, -6)}AAAAAA`,
    },
    {
      what: 'a later end',
      code: (secret: string) => codeOf(secret, now()),
      enrolment: (text: string) => text.replace(/\.1(\d{12})\./, '.2$1.'),
    },
    { what: 'no enrolment', code: () => '123456', enrolment: () => '..' },
  ])('is refused with $what, and nothing was stored', async ({ code, enrolment }) => {
    const begun = (await client.enrolOtp(user.accessToken)).data.enrolOtp;
    const given = enrolment(begun.enrolment);
    const answer = await client.confirmOtp(user.accessToken, given, code(begun.secret));
    expect(outcomeOf(answer)).toBe('400 BAD_USER_INPUT');
    expect((await client.factorsOf(user.accessToken)).secondFactors).toEqual([]);
    expect((await client.logIn(user)).status).toBe(200);
  });

  it('is refused for another user, in another session, and after 15 minutes', async () => {
    const { secret, enrolment } = (await client.enrolOtp(user.accessToken)).data.enrolOtp;
    const others = [
      await server.aUser(),
      await server.logIn(user.username, 'plum-kettle-orbit-58-fern'),
    ];
    for (const { accessToken } of others) {
      const answer = await client.confirmOtp(accessToken, enrolment, codeOf(secret, now()));
      expect(outcomeOf(answer)).toBe('400 BAD_USER_INPUT');
    }
    pass(15 * 60);
    const proof = { password: 'plum-kettle-orbit-58-fern' };
    const { accessToken } = (await client.reauthenticate(user.accessToken, proof)).data
      .reauthenticate;
    const late = await client.confirmOtp(accessToken, enrolment, codeOf(secret, now()));
    expect(outcomeOf(late)).toBe('400 BAD_USER_INPUT');
  });

  it('is refused a second time', async () => {
    const { secret, enrolment } = (await client.enrolOtp(user.accessToken)).data.enrolOtp;
    await client.confirmOtp(user.accessToken, enrolment, codeOf(secret, now()));
    const { accessToken } = await client.session(user, {
      otp: codeOf(secret, new Date(nowMs + 30_000)),
    });
    const again = await client.confirmOtp(accessToken, enrolment, codeOf(secret, now()));
    expect(outcomeOf(again)).toBe('400 BAD_USER_INPUT');
    const sameSession = await client.confirmOtp(user.accessToken, enrolment, codeOf(secret, now()));
    expect(outcomeOf(sameSession)).toBe('400 BAD_USER_INPUT');
  });

  it('adds a second and a third app beside the first, with a proof of both kinds', async () => {
    const first = await client.addApp(user);
    pass(60);
    const session = await client.session(user, { otp: codeOf(first.secret, now()) });
    pass(60);
    const byFirst = () => ({ second: { otp: codeOf(first.secret, now()) } });
    const second = await client.addApp(session, byFirst());
    expect(second.recoveryCodes).toEqual([]);
    pass(60);
    await client.addApp(session, byFirst());
    pass(60);
    const fourth = await client.addApp(session, byFirst()).catch(String);
    expect(fourth).toContain('TOO_MANY_APPS');
    pass(60);
    for (const { secret } of [first, second]) {
      expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(done);
      expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(bad);
    }
  });
});

describe('a login with an authenticator app', () => {
  let secret = '';
  let recoveryCodes: readonly string[] = [];
  beforeEach(async () => {
    ({ secret, recoveryCodes } = await client.addApp(user));
    pass(60);
  });

  it.each([
    { what: 'of now', offBy: 0, outcome: done },
    { what: 'of a clock that is 30 s ahead', offBy: 30, outcome: done },
    { what: 'of a clock that is 30 s behind', offBy: -30, outcome: done },
    { what: 'of a clock that is 90 s ahead', offBy: 90, outcome: bad },
    { what: 'of a clock that is 90 s behind', offBy: -90, outcome: bad },
  ])('answers a code $what: $outcome', async ({ offBy, outcome }) => {
    pass(90);
    const code = codeOf(secret, new Date(nowMs + offBy * 1000));
    expect(outcomeOf(await client.logInWith(user, { otp: code }))).toBe(outcome);
  });

  it('refuses a code that was used, and each older one', async () => {
    const [before, present] = [codeOf(secret, new Date(nowMs - 30_000)), codeOf(secret, now())];
    expect(outcomeOf(await client.logInWith(user, { otp: present }))).toBe(done);
    expect(outcomeOf(await client.logInWith(user, { otp: present }))).toBe(bad);
    expect(outcomeOf(await client.logInWith(user, { otp: before }))).toBe(bad);
    pass(30);
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(done);
    expect(await wrongWords(user.id)).toEqual(['used before', 'used before']);
  });

  it('lets one of many uses of a code at the same time through', async () => {
    const challenges = await Promise.all(
      Array.from({ length: 5 }, async () => challengeOf(await client.logIn(user))),
    );
    const otp = codeOf(secret, now());
    const answers = await Promise.all(
      challenges.map((challenge) => client.complete(challenge, { otp })),
    );
    expect(answers.map(outcomeOf).toSorted()).toEqual([done, bad, bad, bad, bad]);
  });

  it('refuses the code of another account, and says why in the audit log alone', async () => {
    const other = await server.aUser();
    const { secret: otherSecret } = await client.addApp(other);
    pass(30);
    const proofs = [
      { otp: codeOf(otherSecret, now()) },
      { otp: 'abc' },
      { otp: '' },
      { recoveryCode: 'abc' },
      { recoveryCode: '00000-00000-00000-00000-00000-0' },
      { passkey: '{}' },
    ];
    const texts = new Set<string>();
    for (const proof of proofs) {
      const answer = await client.logInWith(user, proof);
      expect(outcomeOf(answer)).toBe(bad);
      texts.add(JSON.stringify(answer.errors[0].extensions) + answer.errors[0].message);
    }
    expect(texts.size).toBe(1);
    expect(await wrongWords(user.id)).toEqual([
      'code of an app',
      'no code of an app',
      'no code of an app',
      'no recovery code',
      'recovery code',
      'no answer of a passkey',
    ]);
  });

  it('limits guesses to 10 in 15 minutes, also at the same time, after a right password', async () => {
    const guess = async () => outcomeOf(await client.logInWith(user, { otp: '000000' }));
    const outcomes = await Promise.all(Array.from({ length: 13 }, guess));
    expect(outcomes.filter((each) => each === bad)).toHaveLength(10);
    expect(outcomes.filter((each) => each === '429 RATE_LIMITED')).toHaveLength(3);
    const right = { otp: codeOf(secret, now()) };
    expect(outcomeOf(await client.logInWith(user, right))).toBe('429 RATE_LIMITED');
    expect((await client.logIn(user, 'wrong')).reason).toBe('BAD_CREDENTIALS');
    pass(15 * 60);
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(done);
  });

  it('begins to count again after a right code', async () => {
    for (let round = 0; round < timesOf(3, 2); round += 1) {
      for (let n = 0; n < 9; n += 1) {
        expect(outcomeOf(await client.logInWith(user, { otp: '000000' }))).toBe(bad);
      }
      pass(30);
      expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(done);
    }
  });

  it('refuses all codes after 50 wrong ones in a row, until a recovery code was right', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 10; n += 1) await client.logInWith(user, { otp: '000000' });
      pass(15 * 60);
    }
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(bad);
    expect((await wrongWords(user.id)).at(-1)).toBe('too many wrong codes in a row');
    const recovered = await client.logInWith(user, { recoveryCode: recoveryCodes[0] ?? '' });
    expect(outcomeOf(recovered)).toBe(done);
    expect(outcomeOf(await client.logInWith(user, { otp: codeOf(secret, now()) }))).toBe(done);
  });

  it('accepts each recovery code once, in any form', async () => {
    const [first = '', second = ''] = recoveryCodes;
    const typed = first.toLowerCase().replaceAll('-', ' ');
    expect(outcomeOf(await client.logInWith(user, { recoveryCode: typed }))).toBe(done);
    expect(outcomeOf(await client.logInWith(user, { recoveryCode: first }))).toBe(bad);
    const challenges = [
      challengeOf(await client.logIn(user)),
      challengeOf(await client.logIn(user)),
    ];
    const answers = await Promise.all(
      challenges.map((each) => client.complete(each, { recoveryCode: second })),
    );
    expect(answers.map(outcomeOf).toSorted()).toEqual([done, bad]);
    const { accessToken } = await client.session(user, { otp: codeOf(secret, now()) });
    expect((await client.factorsOf(accessToken)).recoveryCodesLeft).toBe(8);
  });

  it('does not accept the recovery code of another account', async () => {
    const other = await server.aUser();
    const { recoveryCodes: others } = await client.addApp(other);
    const answer = await client.logInWith(user, { recoveryCode: others[0] ?? '' });
    expect(outcomeOf(answer)).toBe(bad);
    expect(outcomeOf(await client.logInWith(other, { recoveryCode: others[0] ?? '' }))).toBe(done);
  });

  it('is asked for again by a session that proves itself again', async () => {
    const { accessToken } = await client.session(user, { otp: codeOf(secret, now()) });
    pass(60);
    const due = await client.reauthenticate(accessToken, { password: 'plum-kettle-orbit-58-fern' });
    expect(due.reason).toBe('FACTOR_REQUIRED');
    expect(due.errors[0].extensions.factors).toEqual(['OTP', 'RECOVERY_CODE']);
    const otp = codeOf(secret, now());
    const renewed = await client.reauthenticate(accessToken, { otp }, challengeOf(due));
    expect(outcomeOf(renewed)).toBe('200 reauthenticate');
  });

  it('is not accepted by a session before its password, and costs the owner no attempt', async () => {
    const { accessToken } = await client.session(user, { otp: codeOf(secret, now()) });
    pass(60);
    const [otp, recoveryCode = ''] = [codeOf(secret, now()), recoveryCodes[0]];
    for (let n = 0; n < 6; n += 1) {
      for (const proof of [{ otp }, { recoveryCode }]) {
        expect(outcomeOf(await client.reauthenticate(accessToken, proof))).toBe(bad);
      }
    }
    expect(outcomeOf(await client.logInWith(user, { otp }))).toBe(done);
  });

  it('keeps secrets encrypted and recovery codes hashed', async () => {
    const { migrations } = server.owner;
    const rows = await migrations.query<{ text: string }>(`
      SELECT coalesce(json_agg(t)::text, '') AS text FROM gatehouse_factors.otp_factors t
      UNION ALL SELECT coalesce(json_agg(t)::text, '') FROM gatehouse_factors.recovery_codes t`);
    const stored = rows.map(({ text }) => text.toLowerCase()).join('');
    const bytes = [...secret].reduce(
      (bits, letter) =>
        bits + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
      '',
    );
    expect(stored).toContain(user.id);
    expect(stored).not.toContain(BigInt(`0b${bytes}`).toString(16));
    expect(stored).not.toContain(secret.toLowerCase());
    for (const code of recoveryCodes) {
      expect(stored).not.toContain(code.toLowerCase().replaceAll('-', ''));
    }
  });
});

describe('a login without a user', () => {
  it('gets the same answer for a challenge that never was, whatever the proof', async () => {
    const answers = await Promise.all(
      [{ otp: '123456' }, { recoveryCode: '0' }, { passkey: '{}' }].map((proof) =>
        client.complete(randomUUID(), proof),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});
