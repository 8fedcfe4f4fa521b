import type { ApolloServerPlugin } from '@apollo/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApolloHost } from './apollo-host.ts';
import { createAuditedWorld, visitor } from './audited-world.ts';
import type { TestContext } from './fixtures.ts';

const sdl = /* GraphQL */ `
  type Patient { id: ID! name: String ssn: String @audited }
  type Secret { code: String }
  type Query {
    patients: [Patient!]! @public
    secret: Secret @auth(requires: [NURSE])
  }
  type Mutation { admit: Patient @public }
`;
const patient = { id: '1', name: 'name 1', ssn: 'ssn 1' };
const resolvers = { Query: { patients: () => [patient] }, Mutation: { admit: () => patient } };

/** What a plugin after the library's has seen of each answer. */
const seen: string[] = [];
const otherPlugin: ApolloServerPlugin<TestContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ response: { body } }) {
      if (body.kind !== 'single') return;
      seen.push(JSON.stringify(body.singleResult));
      body.singleResult.extensions ??= {};
      body.singleResult.extensions.otherPlugin = 'added';
    },
  }),
};

const recording = createAuditedWorld(sdl, resolvers);
const failing = createAuditedWorld(sdl, resolvers);
failing.failsWith(new Error('The disk is full.'));
const recordingHost = createApolloHost<TestContext>(recording.authorization, [otherPlugin]);
const failingHost = createApolloHost<TestContext>(failing.authorization, [otherPlugin]);

beforeAll(() => Promise.all([recordingHost.start(), failingHost.start()]));
afterAll(() => Promise.all([recordingHost.stop(), failingHost.stop()]));
beforeEach(() => {
  seen.length = 0;
});

describe('another plugin of Apollo Server', () => {
  it.each([
    {
      of: 'without audited fields',
      query: '{ patients { name } }',
      data: { patients: [{ name: 'name 1' }] },
    },
    {
      of: 'with audited fields',
      query: '{ patients { ssn } }',
      data: { patients: [{ ssn: 'ssn 1' }] },
    },
  ])('adds extensions to an answer $of', async ({ query, data }) => {
    const { body } = await recordingHost.ask(query, { ...visitor });
    expect(body.data).toEqual(data);
    expect(body.extensions).toEqual({ otherPlugin: 'added' });
  });

  it.each([
    { query: '{ patients { name ssn } }', status: 503, data: undefined },
    {
      query: 'mutation { admit { name ssn } }',
      status: 200,
      data: { admit: { name: 'name 1', ssn: null } },
    },
  ])('sees no value whose read is not recorded: $query', async ({ query, status, data }) => {
    const answer = await failingHost.ask(query, { ...visitor });
    expect([answer.status, answer.body.data]).toEqual([status, data]);
    expect(answer.body.extensions).toEqual({ otherPlugin: 'added' });
    expect(seen).toEqual(['{}']);
  });

  it('sees no hidden field in the answer of an introspection', async () => {
    const query = '{ patients { name } __type(name: "Query") { fields { name } } }';
    const { body } = await recordingHost.ask(query, { ...visitor });
    expect(body.data.__type).toEqual({ fields: [{ name: 'patients' }] });
    expect(seen[0]).toContain('"patients"');
    expect(seen[0]).not.toContain('secret');
  });
});
