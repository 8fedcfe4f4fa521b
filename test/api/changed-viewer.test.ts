import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer } from '../support/test-server.ts';

let server: TestServer;
/** Runs in the resolver, before its change. */
let beforeChange = async (): Promise<unknown> => undefined;

const groupsOf = ({ viewer }: Pick<Context, 'viewer'>): readonly string[] =>
  viewer.isAuthenticated ? [...viewer.groups] : [];

const domain = defineDomain({
  name: 'work',
  typeDefs: `
  "The groups of the viewer at one time."
  type Work {
    "In the resolver of the mutation, before its change and after it."
    inResolver: [[Group!]!]!
    "In a resolver below the mutation."
    below: [Group!]!
  }
  extend type Mutation {
    "Makes a change."
    work: Work! @auth(requires: [STAFF])
  }`,
  resolvers: {
    Mutation: {
      work: async (_mutation: unknown, _args: unknown, context) => {
        const before = groupsOf(context);
        await beforeChange();
        await context.change({ action: 'work.done' }, async () => {});
        return { inResolver: [before, groupsOf(context)] };
      },
    },
    Work: { below: (_work: unknown, _args: unknown, context) => groupsOf(context) },
  },
});

beforeAll(async () => {
  server = await startWithDomain(domain);
});
afterAll(() => server.stop());

it('shows resolvers the groups that the viewer still has when a change finds that one was lost', async () => {
  const { id: userId, accessToken: token } = await server.aUser('STAFF', 'MANAGER');
  beforeChange = () =>
    server.connection.database.membership.deleteMany({ where: { userId, group: 'MANAGER' } });
  const { data } = await server.ask('mutation { work { inResolver below } }', { token });
  expect(data.work.inResolver[0]).toEqual(expect.arrayContaining(['MANAGER', 'STAFF']));
  expect([data.work.inResolver[1], data.work.below]).toEqual([['STAFF'], ['STAFF']]);
});
