import fc from 'fast-check';
import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { seed } from '../authorization/property-run.ts';
import { claimsOf } from '../support/claims.ts';
import { codePackage } from '../support/code-package.ts';
import {
  groupNames,
  groupValues,
  type HoldingCase,
  holdingCases,
  type Implied,
  implications,
  oracleOf,
} from '../support/implying-groups.ts';
import { roomsProject } from '../support/rooms-project.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const dayMs = 86_400_000;
const at = new Date('2026-05-01T12:00:00Z');
const code = codePackage();
/** Runs in a resolver, before its change. */
let beforeChange = async (): Promise<unknown> => undefined;

const change = async (_mutation: unknown, _args: unknown, context: Context): Promise<boolean> => {
  await beforeChange();
  await context.change({ action: 'group.used' }, async () => {});
  return true;
};

/** A query and a mutation for each group. The mutations admit the group LOST too. */
const domainOf = (implied: Implied) =>
  defineDomain({
    name: 'implied',
    typeDefs: `extend enum Group { LOST ${groupValues(implied)} }
      extend type Query {
        ${groupNames.map((name) => `"Of ${name}." f${name}: Boolean @auth(requires: [${name}])`).join('\n')}
      }
      extend type Mutation {
        ${groupNames.map((name) => `"Of ${name}." m${name}: Boolean @auth(requires: [${name}, LOST])`).join('\n')}
      }`,
    resolvers: {
      Query: Object.fromEntries(groupNames.map((name) => [`f${name}`, () => true])),
      Mutation: Object.fromEntries(groupNames.map((name) => [`m${name}`, change])),
    },
  });

/** The groups of a user, and what they ask for, as of a case. */
async function become(
  { connection }: TestServer,
  { id: userId }: TestUser,
  { granted, demands }: HoldingCase,
): Promise<void> {
  const { membership } = connection.database;
  await membership.deleteMany({ where: { userId } });
  await membership.createMany({
    data: granted.map(({ group, daysAgo }) => ({
      userId,
      group,
      grantedAt: new Date(at.getTime() - daysAgo * dayMs),
    })),
  });
  code.demands.clear();
  for (const { group, factors, graceDays } of demands) {
    const countsFrom = (grantedAt: Date) => new Date(grantedAt.getTime() + graceDays * dayMs);
    code.demands.set(group, { factors, countsFrom });
  }
}

/** Logs in by as many kinds of factors. */
async function logIn(server: TestServer, user: TestUser, kinds: number): Promise<string> {
  code.enrolled.delete(user.id);
  if (kinds === 1) return (await server.logIn(user.username, userPassword)).accessToken;
  code.enrolled.add(user.id);
  const due = await server.ask(
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }',
    { variables: { u: user.username, p: userPassword } },
  );
  const { data } = await server.ask(
    'mutation ($c: String!, $p: Proof!) { completeLogin(challenge: $c, proof: $p) { accessToken } }',
    {
      variables: {
        c: due.errors[0].extensions.challenge,
        p: { code: `right ${user.id} ${Math.random()}` },
      },
    },
  );
  return data.completeLogin.accessToken;
}

const [first, second] = fc.sample(implications, { seed, numRuns: 2 });

describe.each([{ implied: first ?? {} }, { implied: second ?? {} }])(
  'where $implied',
  ({ implied }) => {
    let server: TestServer;
    beforeAll(async () => {
      const { config } = roomsProject;
      const domains = [...(config.domains ?? []), domainOf(implied)];
      const project = { ...roomsProject, config: { ...config, domains, packages: [code.demo] } };
      server = await startTestServer({ project, now: () => at });
    });
    afterAll(() => server.stop());

    /** The groups whose field of these a viewer may call. */
    async function openTo(token: string, textFor: (name: string) => string) {
      const answers = await Promise.all(
        groupNames.map((name) => server.ask(textFor(name), { token })),
      );
      return groupNames.filter((_name, index) => answers[index]?.errors.length === 0);
    }

    it('a session has the same groups in the viewer, in its claims and in guards', async () => {
      const user = await server.aUser();
      await fc.assert(
        fc.asyncProperty(holdingCases([1, 2]), async (holding) => {
          await become(server, user, holding);
          const token = await logIn(server, user, holding.kinds);
          const { data } = await server.ask('{ viewer { groups access } }', { token });
          const access: readonly string[] = data.viewer.access;
          const opened = {
            viewer: data.viewer.groups,
            claims: claimsOf(token).groups,
            access: groupNames.filter((name) => access.includes(`Query.f${name}`)),
            guards: await openTo(token, (name) => `{ f${name} }`),
          };
          const expected = oracleOf(implied, holding);
          expect(opened).toEqual({
            viewer: expected,
            claims: expected,
            access: expected,
            guards: expected,
          });
        }),
        { seed, numRuns: 12 },
      );
    });

    it('a change is decided by the groups that ask for no more than was proved when it is made', async () => {
      const user = await server.aUser();
      const start = { granted: [{ group: 'LOST', daysAgo: 1 }], demands: [], kinds: 1 } as const;
      await become(server, user, start);
      const tokens = [await logIn(server, user, 1), await logIn(server, user, 2)];
      await fc.assert(
        fc.asyncProperty(
          holdingCases([1, 2]),
          fc.constantFrom(...groupNames),
          async (holding, name) => {
            await become(server, user, start);
            beforeChange = () => become(server, user, holding);
            const token = tokens[holding.kinds - 1] ?? '';
            const { errors } = await server.ask(`mutation { m${name} }`, { token });
            expect(errors.length === 0).toBe(oracleOf(implied, holding).includes(name));
          },
        ),
        { seed, numRuns: 40 },
      );
    });
  },
);
