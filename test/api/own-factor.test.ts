import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthenticationTimes,
  defineDomain,
  type FactorRow,
  type GatehousePackage,
} from '../../src/index.ts';
import { definePackage } from '../../src/package.ts';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import type { Answer } from '../support/ask.ts';
import { claimsOf } from '../support/claims.ts';
import { challengeOf, createFactorsClient, outcomeOf } from '../support/factors-server.ts';
import {
  createPackageDatabase,
  projectWith,
  startPackageServer,
} from '../support/package-server.ts';
import { roomsProject } from '../support/rooms-project.ts';
import type { TestDatabase } from '../support/test-database.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);

/** A badge that everyone with a name in `holders` has: it proves itself by its word. */
const holders = new Set<string>();
const badge: FactorRow = {
  name: 'BADGE',
  description: 'A badge with a "chip":\nsomething that the user has.',
  proves: 'possession',
  amr: ['hwk'],
};
/** What `check` says that was proved. */
let proved = badge.name;
/** The earlier proofs on which it says that this one rests. */
let inherits: AuthenticationTimes = {};

const badges = (...factorKinds: readonly FactorRow[]): GatehousePackage =>
  definePackage({
    name: 'badges',
    factorKinds,
    domains: () => [
      defineDomain({
        name: 'badges',
        typeDefs: 'extend input Proof { "The word of a badge." badge: String }',
        resolvers: {},
      }),
    ],
    factors: async () => ({
      kinds: {
        badge: {
          async check(word, { userId }) {
            if (userId === undefined || word !== 'open') return { wrong: 'badge' };
            return { userId, factor: proved, inherits, spend: async () => true };
          },
        },
      },
      due: async (_sql, userId, { names }) =>
        holders.has(userId) && !names.has(badge.name) ? [badge.name] : [],
      demands: () => new Map(),
      withoutFactor: async (ids) => new Set(ids.filter((id) => !holders.has(id))),
      enrolmentOpenUntil: async () => null,
    }),
  });

const vault = defineDomain({
  name: 'vault',
  typeDefs: `extend type Query {
    "Needs two kinds."
    vault: Boolean! @auth(or: [USER], factors: 2)
    "Needs two fresh kinds."
    freshVault: Boolean! @auth(or: [USER], factors: 2, maxAge: 60)
  }`,
  resolvers: { Query: { vault: () => true, freshVault: () => true } },
});
const config = { domains: [...(roomsProject.config.domains ?? []), vault] };

describe('a kind of factor that only its package knows', () => {
  let database: TestDatabase;
  let server: TestServer;
  /** The same installation, after the package was removed. */
  let without: TestServer;
  let client: ReturnType<typeof createFactorsClient>;
  beforeAll(async () => {
    database = await createPackageDatabase([]);
    server = await startPackageServer({ packages: [badges(badge)], now, database, config });
    without = await startPackageServer({ packages: [], now, database, config });
    client = createFactorsClient(server, now);
  });
  afterAll(async () => {
    await server.stop();
    await without.stop();
    await database.close();
  });

  async function aHolder(): Promise<TestUser> {
    const user = await server.aUser('STAFF');
    holders.add(user.id);
    return user;
  }
  const tokenOf = ({ data }: Answer): string => data.completeLogin.accessToken;
  const outcomes = async (on: TestServer, token: string) => [
    outcomeOf(await on.ask('{ vault }', { token })),
    outcomeOf(await on.ask('{ freshVault }', { token })),
  ];
  const missing = '401 UNAUTHENTICATED FACTORS_MISSING';

  it('is due at a login, which it completes, and then satisfies `factors` and `maxAge`', async () => {
    const user = await aHolder();
    const due = await client.logIn(user);
    expect(due.errors[0].extensions).toMatchObject({ factors: ['BADGE'] });
    const wrong = await client.complete(challengeOf(due), { badge: 'shut' });
    expect(outcomeOf(wrong)).toBe('401 UNAUTHENTICATED BAD_CREDENTIALS');
    const done = await client.complete(challengeOf(due), { badge: 'open' });
    expect(await outcomes(server, tokenOf(done))).toEqual(['200 vault', '200 freshVault']);
    expect(claimsOf(tokenOf(done))).toMatchObject({ amr: ['pwd', 'hwk', 'mfa'] });
    const text =
      '{ viewer { authentications { factor } } me { sessions { authentications { factor } } } }';
    const { data } = await server.ask(text, { token: tokenOf(done) });
    const both = [{ factor: 'PASSWORD' }, { factor: 'BADGE' }];
    expect(data.viewer.authentications).toEqual(both);
    expect(data.me.sessions).toContainEqual({ authentications: both });
    nowMs += 61_000;
    expect(await outcomes(server, tokenOf(done))).toEqual([
      '200 vault',
      '401 UNAUTHENTICATED AUTHENTICATION_TOO_OLD',
    ]);
  });

  it('is a value of the enum `Factor`, with its description', async () => {
    const text = '{ __type(name: "Factor") { enumValues { name description } } }';
    const { accessToken: token } = await server.aUser('STAFF');
    const { data } = await server.ask(text, { token });
    expect(data.__type.enumValues).toEqual([
      { name: 'PASSWORD', description: 'A password: something that the user knows.' },
      { name: badge.name, description: badge.description },
    ]);
  });

  it('proves nothing where its package is gone, though it is stored', async () => {
    const done = await client.logInWith(await aHolder(), { badge: 'open' });
    expect((await outcomes(server, tokenOf(done)))[0]).toBe('200 vault');
    const { refreshToken } = done.data.completeLogin;
    const text = 'mutation ($t: String!) { refresh(refreshToken: $t) { accessToken } }';
    const refreshed = await without.ask(text, { variables: { t: refreshToken } });
    const token = refreshed.data.refresh.accessToken;
    expect(claimsOf(token)).toMatchObject({ amr: ['pwd'] });
    expect(await outcomes(without, token)).toEqual([missing, missing]);
    const { data } = await without.ask('{ viewer { authentications { factor } } }', { token });
    expect(data.viewer.authentications).toEqual([{ factor: 'PASSWORD' }]);
  });

  it.each(['constructor', '__proto__', 'toString', 'OTP', 'PASSKEY_VERIFIED', 'badge'])(
    'is not proved by what is stored as %s',
    async (name) => {
      const { id, accessToken: token } = await server.aUser('STAFF');
      const stored = `{"PASSWORD": ${nowMs}, ${JSON.stringify(name)}: ${nowMs}}`;
      await server.owner.database.session.updateMany({
        where: { userId: id },
        data: { proved: JSON.parse(stored) },
      });
      expect(await outcomes(server, token)).toEqual([missing, missing]);
    },
  );

  it.each(['PASSWORD', 'PASSKEY_VERIFIED', 'OTP', 'constructor'])(
    'is all that its package can prove: %s opens no session',
    async (factor) => {
      const user = await aHolder();
      const due = await client.logIn(user);
      proved = factor;
      const answer = await client.complete(challengeOf(due), { badge: 'open' });
      proved = badge.name;
      expect(outcomeOf(answer)).toMatch(/^500 INTERNAL_SERVER_ERROR/);
      expect(answer.body).not.toHaveProperty('data.completeLogin.accessToken');
    },
  );

  it.each(['PASSWORD', 'OTP'])('rests on no earlier proof of another kind: %s', async (factor) => {
    const due = await client.logIn(await aHolder());
    inherits = { [factor]: now() };
    const answer = await client.complete(challengeOf(due), { badge: 'open' });
    inherits = {};
    expect(outcomeOf(answer)).toMatch(/^500 INTERNAL_SERVER_ERROR/);
  });
});

describe('a wrong kind of factor', () => {
  it.each([
    ['twice', [badge, badge], 'two kinds of factors BADGE'],
    ['as the password', [{ ...badge, name: 'PASSWORD' }], 'two kinds of factors PASSWORD'],
    ['as a property of objects', [{ ...badge, name: 'constructor' }], 'is not valid'],
    ['as a name of no enum value', [{ ...badge, name: 'A } type Query { a' }], 'is not valid'],
    ['as `mfa`', [{ ...badge, amr: ['mfa'] }], 'The methods of the kind of factor BADGE'],
    ['as a password for others', [{ ...badge, amr: ['hwk', 'pwd'] }], 'The methods of the kind'],
    ['as knowledge that is had', [{ ...badge, proves: 'knowledge' as const }], 'The methods'],
    [
      'as knowledge that verifies its user',
      [{ ...badge, proves: 'knowledge' as const, verifiesUser: true, amr: [] }],
      'is not valid',
    ],
  ])('stops the start: %s', (_title, kinds, message) => {
    const { config: wrong } = projectWith([badges(...kinds)]);
    expect(() => packagesOf(wrong)).toThrow(message);
  });

  it('stops the start when another package has brought it', () => {
    const other = { ...badges({ ...badge, verifiesUser: true }), name: 'others' };
    const { config: wrong } = projectWith([badges(badge), other]);
    expect(() => packagesOf(wrong)).toThrow('two kinds of factors BADGE');
  });

  it('stops the start with a key that no kind has', () => {
    const { config: wrong } = projectWith([
      badges(JSON.parse('{ "name": "A", "isStrong": true }')),
    ]);
    expect(() => packagesOf(wrong)).toThrow('isStrong');
  });
});
