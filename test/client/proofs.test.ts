import {
  createGatehouseClient,
  type DueFactors,
  type GatehouseClient,
  type NeededProof,
} from '@graphql-gatehouse/client';
import { buildSchema } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFrontEnd } from '../support/client-documents.ts';
import { type ClientFetch, createClientFetch } from '../support/client-fetch.ts';
import { codePackage } from '../support/code-package.ts';
import { readTypeDefs, roomsProject } from '../support/rooms-project.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const typeDefs = `extend type Mutation {
  "Needs a proof of the last minute."
  openVault: Int! @auth(maxAge: 60)
  "Needs two kinds of factors."
  openSafe: Int! @auth(factors: 2)
}`;
const frontEnd = createFrontEnd(buildSchema([...readTypeDefs(), typeDefs].join('\n')));
const me = frontEnd.document('query Me { me { username } }');
const openVault = frontEnd.document('mutation Vault { openVault }');
const openSafe = frontEnd.document('mutation Safe { openSafe }');
const mailOf = frontEnd.document('query Mail($id: ID!) { user(id: $id) { email } }');

/** The clock of the server and the browser. The browser's is `wrongMs` ahead. */
let nowMs = Date.parse('2026-05-01T12:00:00Z');
let wrongMs = 0;
const code = codePackage();
/** What a package says of the providers that can give a new proof. */
const providers = { ACME: 2 };
let server: TestServer;
let schemaHash = '';
let user: TestUser;
beforeAll(async () => {
  const { config } = roomsProject;
  const vaults = {
    name: 'vaults',
    typeDefs,
    resolvers: { Mutation: { openVault: () => 1, openSafe: () => 2 } },
  };
  const domains = [...(config.domains ?? []), vaults];
  server = await startTestServer({
    now: () => new Date(nowMs),
    project: {
      ...roomsProject,
      config: { ...config, domains, packages: [{ ...code.demo, proofFacts: { providers } }] },
    },
  });
  const { accessToken: token } = server.admin;
  ({ schemaHash } = (await server.ask('{ viewer { schemaHash } }', { token })).data.viewer);
});
afterAll(() => server.stop());

const clients: GatehouseClient[] = [];
let browser: ClientFetch;
/** What the user was asked for, and how the user answers. */
let asked: NeededProof[] = [];
let answer: (client: GatehouseClient) => Promise<boolean>;
beforeEach(async () => {
  wrongMs = 0;
  browser = createClientFetch(server.url);
  user = await server.aUser('STAFF');
  asked = [];
  answer = withPassword;
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const withPassword = async (client: GatehouseClient): Promise<boolean> =>
  (await client.reauthenticate({ proof: { password: userPassword } })) === undefined;

function openTab(session: 'cookie' | 'token'): GatehouseClient {
  const client: GatehouseClient = createGatehouseClient({
    url: `${server.url}/graphql?${user.id}`,
    session,
    // The server writes `Date` by the real clock.
    fetch: async (url, init) => {
      const response = await browser.fetch(url, init);
      const headers = new Headers(response.headers);
      headers.set('date', new Date(nowMs).toUTCString());
      return new Response(response.body, { status: response.status, headers });
    },
    ...frontEnd.generated,
    schemaHash,
    now: () => nowMs + wrongMs,
    onReauthenticate(needed) {
      asked.push(needed);
      return answer(client);
    },
  });
  clients.push(client);
  return client;
}

let codes = 0;
const rightCode = () => {
  codes += 1;
  return { code: `right ${user.id} client ${codes}` };
};
const login = () => ({ username: user.username, password: userPassword });
const sentCount = (part: string) => browser.sent.filter((text) => text.includes(part)).length;
const challengeOf = (due: DueFactors | undefined): string => {
  if (due === undefined) throw new Error('Nothing is due.');
  return due.challenge;
};

describe.each(['cookie', 'token'] as const)('a client with a session by %s', (session) => {
  it('logs in by a second factor, when one is due', async () => {
    code.enrolled.add(user.id);
    const client = openTab(session);
    const due = await client.logIn(login());
    expect(due).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      factors: ['OTP', 'PASSKEY'],
      expiresAt: new Date(nowMs + 5 * 60_000),
    });
    expect(client.viewer().state).not.toBe('authenticated');
    const challenge = challengeOf(due);
    await expect(
      client.completeLogIn({ challenge, proof: { code: 'wrong' } }),
    ).rejects.toMatchObject({ reason: 'BAD_CREDENTIALS' });
    expect(await client.completeLogIn({ challenge, proof: rightCode() })).toBeUndefined();
    expect(client.viewer()).toMatchObject({
      state: 'authenticated',
      authentications: [{ factor: 'PASSWORD' }, { factor: 'OTP' }],
    });
    expect(await client.fetch(openSafe)).toEqual({ openSafe: 2 });
    await expect(client.completeLogIn({ challenge, proof: rightCode() })).rejects.toMatchObject({
      reason: 'CHALLENGE_ENDED',
    });
    expect(client.viewer().state).toBe('authenticated');
  });

  it('decides by proofs without a request, and asks no server', async () => {
    const client = openTab(session);
    await client.logIn(login());
    const decided = () => [client.can(openVault), client.can('Mutation.openSafe'), client.can(me)];
    expect(decided()).toEqual(['allowed', 'reauthenticate', 'allowed']);
    nowMs += 61_001;
    const { length } = browser.sent;
    expect(decided()).toEqual(['reauthenticate', 'reauthenticate', 'allowed']);
    expect(await client.ask(openVault)).toBe('reauthenticate');
    expect(browser.sent).toHaveLength(length);
  });

  it.each([600_000, -600_000])(
    'decides by the clock of the server, when its own is %d ms ahead',
    async (ms) => {
      wrongMs = ms;
      const client = openTab(session);
      await client.logIn(login());
      expect(client.can(openVault)).toBe('allowed');
      nowMs += 58_000;
      expect(client.can(openVault)).toBe('allowed');
      nowMs += 4_000;
      expect(client.can(openVault)).toBe('reauthenticate');
    },
  );

  it('asks once for a fresh proof for all operations, and sends each of them again', async () => {
    const client = openTab(session);
    await client.logIn(login());
    nowMs += 61_000;
    const answers = await Promise.all([
      client.fetch(openVault),
      client.fetch(openVault),
      client.fetch(me),
    ]);
    expect(answers).toEqual([
      { openVault: 1 },
      { openVault: 1 },
      { me: { username: user.username } },
    ]);
    expect(asked).toEqual([{ maxAge: 60, providers }]);
    expect([sentCount('mutation Vault'), sentCount(':refresh(')]).toEqual([4, 0]);
    expect(client.can(openVault)).toBe('allowed');
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
  });

  it.each([
    { what: 'declines', answers: async () => false },
    {
      what: 'cannot be asked',
      answers: async () => {
        throw new Error('The dialog is broken.');
      },
    },
  ])('passes the refusal on when the user $what, and stays logged in', async ({ answers }) => {
    answer = answers;
    const client = openTab(session);
    await client.logIn(login());
    nowMs += 61_000;
    await expect(client.fetch(openVault)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'AUTHENTICATION_TOO_OLD',
    });
    expect([asked.length, sentCount('mutation Vault')]).toEqual([1, 1]);
    expect(client.viewer().state).toBe('authenticated');
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
  });

  it('sends an operation again once, when the proof is not enough', async () => {
    const client = openTab(session);
    await client.logIn(login());
    await expect(client.fetch(openSafe)).rejects.toMatchObject({ reason: 'FACTORS_MISSING' });
    expect(asked).toEqual([{ factors: 2, providers }]);
    expect([sentCount('mutation Safe'), client.viewer().state]).toEqual([2, 'authenticated']);
  });

  it('proves itself by two steps, when another factor is due', async () => {
    const client = openTab(session);
    await client.logIn(login());
    code.enrolled.add(user.id);
    const due = await client.reauthenticate({ proof: { password: userPassword } });
    expect(client.can(openSafe)).toBe('reauthenticate');
    await expect(
      client.reauthenticate({ challenge: challengeOf(due), proof: { code: 'wrong' } }),
    ).rejects.toMatchObject({ reason: 'BAD_CREDENTIALS' });
    expect(client.viewer().state).toBe('authenticated');
    await client.reauthenticate({ challenge: challengeOf(due), proof: rightCode() });
    expect(client.can(openSafe)).toBe('allowed');
    expect(await client.fetch(openSafe)).toEqual({ openSafe: 2 });
  });

  it('is fresh in all tabs', async () => {
    const [tab, other] = [openTab(session), openTab(session)];
    other.subscribe(() => {});
    await tab.logIn(login());
    await vi.waitUntil(() => other.viewer().state === 'authenticated');
    nowMs += 61_000;
    expect(other.can(openVault)).toBe('reauthenticate');
    await withPassword(tab);
    await vi.waitUntil(() => other.can(openVault) === 'allowed');
    expect(await other.fetch(openVault)).toEqual({ openVault: 1 });
    expect(asked).toEqual([]);
  });

  it('asks the user nothing for a question', async () => {
    const client = openTab(session);
    await client.logIn(login());
    nowMs += 61_000;
    expect(await client.ask(mailOf, { id: user.id })).toBe('depends');
    expect(asked).toEqual([]);
  });
});

it('passes the refusal on, and stays logged in, when nothing can ask', async () => {
  const client = createGatehouseClient({
    url: `${server.url}/graphql?${user.id}`,
    session: 'cookie',
    fetch: browser.fetch,
    ...frontEnd.generated,
  });
  clients.push(client);
  await client.logIn(login());
  await expect(client.fetch(openSafe)).rejects.toMatchObject({ reason: 'FACTORS_MISSING' });
  expect([sentCount('mutation Safe'), client.viewer().state]).toEqual([1, 'authenticated']);
});

it('refreshes an expired token, and then asks for a fresh proof', async () => {
  const client = openTab('token');
  await client.logIn(login());
  nowMs += 601_000;
  expect(await client.fetch(openVault)).toEqual({ openVault: 1 });
  expect([asked, sentCount('mutation Vault'), sentCount(':refresh(')]).toEqual([
    [{ maxAge: 60, providers }],
    3,
    1,
  ]);
});

it('does not log out by an operation that was sent with the cookie before', async () => {
  const client = openTab('cookie');
  await client.logIn(login());
  const sent = client.sending();
  await withPassword(client);
  const refusal = [{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } }];
  expect(await client.recover(refusal, sent)).toBe(true);
  expect(await client.recover(refusal, client.sending(sent))).toBe(false);
  expect(client.viewer().state).toBe('anonymous');
});
