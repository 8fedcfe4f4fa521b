import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  codeOf,
  createFactorsClient,
  outcomeOf,
  proofArguments,
  proofParameters,
  startFactorsServer,
} from '../support/factors-server.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const day = 24 * 60 * 60;
const hour = 60 * 60;
let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
const timeIn = (seconds: number) => new Date(nowMs + seconds * 1000).toISOString();
let server: TestServer;
let client: ReturnType<typeof createFactorsClient>;
beforeAll(async () => {
  server = await startFactorsServer({
    now,
    options: { groups: { AUDITOR: 2, MANAGER: 1 }, graceDays: 3 },
  });
  client = createFactorsClient(server, now);
});
afterAll(() => server.stop());

const ask = (token: string, text: string, variables = {}) => server.ask(text, { token, variables });

/** Reads the groups of a new session of a user. */
async function readViewer(user: TestUser) {
  const { accessToken } = await server.logIn(user.username, userPassword);
  const { data } = await ask(
    accessToken,
    '{ viewer { groups withheld { group factors enrolUntil mayEnrol } } }',
  );
  return data.viewer;
}

const openEnrolment = async (userId: string) => {
  const { accessToken } = await server.aUser('ADMIN');
  const text = 'mutation ($id: ID!) { openEnrolment(userId: $id) }';
  expect((await ask(accessToken, text, { id: userId })).status).toBe(200);
};

const begins = {
  enrolOtp: `mutation ${proofParameters} { enrolOtp(${proofArguments}) { enrolment } }`,
  beginPasskey: `mutation ${proofParameters} { beginPasskey(${proofArguments}) }`,
} as const;

/** What a new session of a user gets when it begins to enrol. */
async function begin(user: TestUser, field: keyof typeof begins) {
  const { accessToken } = await server.logIn(user.username, userPassword);
  return outcomeOf(await client.withProof(begins[field], { token: accessToken }));
}

describe('`Viewer.withheld`', () => {
  it('is empty for viewers in no group that asks for a second factor', async () => {
    const viewer = await readViewer(await server.aUser('STAFF', 'MANAGER'));
    expect(viewer).toEqual({ groups: ['MANAGER', 'STAFF'], withheld: [] });
  });

  it('is empty without a package for factors, and for an API client', async () => {
    const plain = await startTestServer();
    onTestFinished(() => plain.stop());
    const text = '{ viewer { withheld { group } } }';
    const answer = await plain.ask(text, { token: plain.admin.accessToken });
    expect(answer.data.viewer.withheld).toEqual([]);
    const { accessToken } = await server.aUser('ADMIN');
    const made = await ask(
      accessToken,
      'mutation { createApiClient(name: "Door", groups: [STAFF]) { secret } }',
    );
    const ofClient = await ask(made.data.createApiClient.secret, text);
    expect(ofClient.data.viewer.withheld).toEqual([]);
  });

  it('names a group and the end of its grace before it is withheld', async () => {
    const auditor = await server.aUser('AUDITOR', 'STAFF');
    const enrolUntil = timeIn(3 * day);
    pass(day);
    expect(await readViewer(auditor)).toEqual({
      groups: ['AUDITOR', 'STAFF'],
      withheld: [{ group: 'AUDITOR', factors: 2, enrolUntil, mayEnrol: true }],
    });
  });

  it('says whether a factor may be enrolled, as the fields do that begin it', async () => {
    const auditor = await server.aUser('AUDITOR');
    const enrolUntil = timeIn(3 * day);
    pass(3 * day);
    const closed = { group: 'AUDITOR', factors: 2, enrolUntil, mayEnrol: false };
    expect(await readViewer(auditor)).toEqual({ groups: [], withheld: [closed] });
    for (const field of ['enrolOtp', 'beginPasskey'] as const) {
      expect(await begin(auditor, field)).toBe('409 CONFLICT ENROLMENT_CLOSED');
    }
    await openEnrolment(auditor.id);
    const opened = { ...closed, enrolUntil: timeIn(day), mayEnrol: true };
    expect(await readViewer(auditor)).toEqual({ groups: [], withheld: [opened] });
    for (const field of ['enrolOtp', 'beginPasskey'] as const) {
      expect(await begin(auditor, field)).toBe(`200 ${field}`);
    }
    pass(day);
    const [ended] = (await readViewer(auditor)).withheld;
    expect(ended).toEqual(closed);
  });

  it('has no time for an account with a factor, and is empty when the session proves it', async () => {
    const auditor = await server.aUser('AUDITOR');
    pass(4 * day);
    await openEnrolment(auditor.id);
    const session = await server.logIn(auditor.username, userPassword);
    const { secret } = await client.addApp(session);
    const { data } = await ask(
      session.accessToken,
      '{ viewer { groups withheld { group enrolUntil mayEnrol } } }',
    );
    expect(data.viewer).toEqual({
      groups: [],
      withheld: [{ group: 'AUDITOR', enrolUntil: null, mayEnrol: false }],
    });
    pass(hour);
    const proved = await client.session(auditor, { otp: codeOf(secret, now()) });
    const later = await ask(proved.accessToken, '{ viewer { groups withheld { group } } }');
    expect(later.data.viewer).toEqual({ groups: ['AUDITOR'], withheld: [] });
  });
});

describe('a group that asks for one factor', () => {
  it('asks for nothing beside the password: a first factor is enrolled, and removed', async () => {
    const manager = await server.aUser('MANAGER');
    pass(4 * day);
    expect((await readViewer(manager)).withheld).toEqual([]);
    const { secret, factorId } = await client.addApp(
      await server.logIn(manager.username, userPassword),
    );
    pass(60);
    const { accessToken } = await client.session(manager, { otp: codeOf(secret, now()) });
    const removed = await ask(accessToken, 'mutation ($id: ID!) { removeFactor(id: $id) }', {
      id: factorId,
    });
    expect(outcomeOf(removed)).toBe('200 removeFactor');
  });
});

describe('an account with as many factors as it can have', () => {
  it('is refused another one when it begins, and not first when it ends', async () => {
    const user = await server.aUser('STAFF');
    const first = await client.addApp(user);
    for (let count = 1; count < 3; count += 1) {
      pass(60);
      const session = await client.session(user, { otp: codeOf(first.secret, now()) });
      pass(60);
      await client.addApp(session, { second: { otp: codeOf(first.secret, now()) } });
    }
    pass(60);
    const { accessToken } = await client.session(user, { otp: codeOf(first.secret, now()) });
    pass(60);
    const second = { otp: codeOf(first.secret, now()) };
    const fourth = await client.enrolOtp(accessToken, { second });
    expect(outcomeOf(fourth)).toBe('409 CONFLICT TOO_MANY_APPS');
    // The refusal has not spent the code.
    expect(outcomeOf(await client.renewRecoveryCodes(accessToken, { second }))).toBe(
      '200 renewRecoveryCodes',
    );
  });
});
