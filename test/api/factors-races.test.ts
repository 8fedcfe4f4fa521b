import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { createTestPasskey } from '../support/authenticator.ts';
import {
  challengeOf,
  codeOf,
  createFactorsClient,
  createFactorsDatabase,
  outcomeOf,
  proofArguments,
  proofParameters,
  startFactorsServer,
} from '../support/factors-server.ts';
import { timesOf } from '../support/sample.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { type TestServer, type TestUser, userPassword } from '../support/test-server.ts';

const origin = 'https://example.org';
let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};

let folder = '';
let database: TestDatabase;
let nodes: readonly TestServer[] = [];
let client: ReturnType<typeof createFactorsClient>;
let server: TestServer;
beforeAll(async () => {
  database = await createFactorsDatabase();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-keys-'));
  const keys = join(folder, 'keys.json');
  await writeFile(keys, generateSigningKeys(), { mode: 0o600 });
  const environment = {
    SIGNING_KEYS: keys,
    ACCESS_TOKEN_SECONDS: '3600',
    FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    PASSKEY_RP_ID: 'example.org',
    PASSKEY_ORIGINS: origin,
  };
  const options = { groups: { AUDITOR: 2 } } as const;
  const serve = () => startFactorsServer({ now, database, environment, options });
  server = await serve();
  nodes = [server, await serve()];
  client = createFactorsClient(server, now);
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** Does the same on all nodes at the same time. */
const onAll = <Result>(
  work: (on: ReturnType<typeof createFactorsClient>, index: number) => Promise<Result>,
): Promise<readonly Result[]> =>
  Promise.all(nodes.map((node, index) => work(createFactorsClient(node, now), index)));
const challenges = (user: TestUser) =>
  Promise.all(nodes.map(async () => challengeOf(await client.logIn(user))));
const ask = (token: string, text: string, variables = {}) => server.ask(text, { token, variables });
const isAlive = async (token: string) => (await ask(token, '{ me { id } }')).status === 200;
const bad = '401 UNAUTHENTICATED BAD_CREDENTIALS';
const done = '200 completeLogin';

async function withApp(...groups: readonly string[]) {
  const user = await server.aUser(...groups);
  const app = await client.addApp(user);
  pass(60);
  return { user, ...app };
}
async function addPasskey(token: string, second: object = {}) {
  const passkey = createTestPasskey({ origin });
  const begin = `mutation ${proofParameters} { beginPasskey(${proofArguments}) }`;
  const options = (await client.withProof(begin, { token }, { second })).data.beginPasskey;
  const added = await ask(
    token,
    'mutation ($r: String!) { addPasskey(response: $r) { factor { id } } }',
    { r: passkey.create(options) },
  );
  return { passkey, id: String(added.data.addPasskey.factor.id) };
}

describe('two nodes', () => {
  it('accept one use of a code', async () => {
    const { user, secret } = await withApp();
    const pending = await challenges(user);
    const otp = codeOf(secret, now());
    const answers = await onAll((on, index) => on.complete(pending[index] ?? '', { otp }));
    expect(answers.map(outcomeOf).toSorted()).toEqual([done, bad]);
  });

  it('accept one use of a recovery code', async () => {
    const { user, recoveryCodes } = await withApp();
    const pending = await challenges(user);
    const proof = { recoveryCode: recoveryCodes[0] ?? '' };
    const answers = await onAll((on, index) => on.complete(pending[index] ?? '', proof));
    expect(answers.map(outcomeOf).toSorted()).toEqual([done, bad]);
  });

  it('accept one use of the answer of a passkey', async () => {
    const user = await server.aUser();
    const { passkey } = await addPasskey(user.accessToken);
    const { data } = await server.ask('{ passkeyOptions { options challenge } }');
    const { options, challenge } = data.passkeyOptions;
    const proof = { passkey: passkey.get(options) };
    const answers = await onAll((on) => on.complete(challenge, proof));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('accept 10 guesses together', async () => {
    const { user } = await withApp();
    const answers = await onAll((on) =>
      Promise.all(Array.from({ length: 8 }, () => on.logInWith(user, { otp: '000000' }))),
    );
    const outcomes = answers.flat().map(outcomeOf);
    expect(outcomes.filter((each) => each === bad)).toHaveLength(10);
    expect(outcomes.filter((each) => each === '429 RATE_LIMITED')).toHaveLength(6);
  });

  it('keep one factor of a group that demands one, when both are removed at once', async () => {
    const { user, secret, factorId } = await withApp('AUDITOR');
    const { accessToken } = await client.session(user, { otp: codeOf(secret, now()) });
    pass(60);
    const { id } = await addPasskey(accessToken, { otp: codeOf(secret, now()) });
    const ids = [factorId, id];
    const answers = await Promise.all(
      nodes.map((node, index) =>
        node.ask('mutation ($id: ID!) { removeFactor(id: $id) }', {
          token: accessToken,
          variables: { id: ids[index] },
        }),
      ),
    );
    expect(answers.map(outcomeOf).toSorted()).toEqual([
      '200 removeFactor',
      '409 CONFLICT LAST_FACTOR',
    ]);
    expect((await client.factorsOf(accessToken)).secondFactors).toHaveLength(1);
  });

  it.each([
    {
      what: 'a reset',
      act: 'mutation ($id: ID!) { resetFactors(userId: $id) { id } }',
    },
    { what: 'disabling the user', act: 'mutation ($id: ID!) { disableUser(id: $id) { id } }' },
    {
      what: 'another password',
      act: 'mutation ($id: ID!) { resetPassword(userId: $id, newPassword: "a-brand-new-word-33") { id } }',
    },
  ])('leave no session open that $what should have ended', async ({ act }) => {
    for (let round = 0; round < timesOf(5, 2); round += 1) {
      const { user, secret } = await withApp();
      const admin = await server.aUser('ADMIN');
      const challenge = challengeOf(await client.logIn(user));
      const [acted, completed] = await Promise.all([
        nodes[1]?.ask(act, { token: admin.accessToken, variables: { id: user.id } }),
        client.complete(challenge, { otp: codeOf(secret, now()) }),
      ]);
      expect(acted?.status).toBe(200);
      const token = completed.data?.completeLogin.accessToken;
      if (token !== undefined) expect(await isAlive(token)).toBe(false);
      else expect(completed.status).toBe(401);
    }
  });

  it('leave no session open that the removal of its factor should have ended', async () => {
    const { user, secret, factorId } = await withApp();
    const { accessToken } = await client.session(user, { otp: codeOf(secret, now()) });
    pass(60);
    const challenge = challengeOf(await client.logIn(user));
    const [removed, completed] = await Promise.all([
      ask(accessToken, 'mutation ($id: ID!) { removeFactor(id: $id) }', { id: factorId }),
      client.complete(challenge, { otp: codeOf(secret, now()) }),
    ]);
    expect(removed.status).toBe(200);
    const token = completed.data?.completeLogin.accessToken;
    if (token !== undefined) expect(await isAlive(token)).toBe(false);
    expect(await isAlive(accessToken)).toBe(true);
  });

  const resetFactors = 'mutation ($id: ID!) { resetFactors(userId: $id) { id } }';
  const resetPassword =
    'mutation ($id: ID!) { resetPassword(userId: $id, newPassword: "a-brand-new-word-33") { id } }';
  const separated = '409 CONFLICT SEPARATE_DUTIES';
  const day = 24 * 60 * 60;
  /** An ADMIN on a node whose account is a day old, and that has just logged in. */
  async function anOldAdmin(index: number) {
    const { username, id } = await server.aUser('ADMIN');
    pass(day);
    return {
      id,
      async on(text: string, to: string) {
        const { accessToken: token } = await server.logIn(username, userPassword);
        return (nodes[index] ?? server).ask(text, { token, variables: { id: to } });
      },
    };
  }

  it('give an administrator and the account that it has just made one of both duties', async () => {
    for (let round = 0; round < timesOf(10, 3); round += 1) {
      const admin = await anOldAdmin(0);
      const victim = await server.aUser();
      const second = await server.aUser('ADMIN');
      const answers = await Promise.all([
        admin.on(resetFactors, victim.id),
        (nodes[1] ?? server).ask(resetPassword, {
          token: second.accessToken,
          variables: { id: victim.id },
        }),
      ]);
      const outcomes = answers.map(outcomeOf);
      expect(outcomes).toContain(separated);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    }
  });

  it('count an act as done by everyone that comes after its account was opened', async () => {
    const open = 'mutation ($id: ID!) { openEnrolment(userId: $id) }';
    for (let round = 0; round < timesOf(20, 4); round += 1) {
      const [other, admin] = [await anOldAdmin(1), await anOldAdmin(0)];
      const victim = await server.aUser();
      const both = [() => admin.on(open, other.id), () => other.on(resetFactors, victim.id)];
      for (const answer of await Promise.all(both.map((act) => act()))) {
        expect(answer.status).toBe(200);
      }
      const events = await server.connection.database.auditEvent.findMany({
        where: {
          subjectId: { in: [other.id, victim.id] },
          action: { in: ['enrolment.opened', 'factors.reset'] },
        },
        orderBy: { id: 'asc' },
      });
      const isOpenedFirst = events[0]?.action === 'enrolment.opened';
      expect(outcomeOf(await admin.on(resetPassword, victim.id))).toBe(
        isOpenedFirst ? separated : '200 resetPassword',
      );
    }
  });
});
