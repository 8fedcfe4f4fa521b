import {
  createAuthorization,
  directiveTypeDefs,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { anonymous, type TestContext } from './fixtures.ts';
import { useHosts } from './library-hosts.ts';

interface Note {
  readonly id: string;
  readonly reader: string;
}
const notes: readonly Note[] = [
  { id: '1', reader: 'ADA' },
  { id: '2', reader: 'BOB' },
];
const ran: string[] = [];

const authorization = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: `${directiveTypeDefs()}
      enum Group { ADA BOB } enum Policy { READER }
      type Note @auth(rows: [READER]) { id: ID! }
      type Query { notes: [Note!]! @auth note(id: ID! @references(type: "Note")): Note! @auth }
      type Mutation { read(id: ID! @references(type: "Note")): Note! @auth write(id: ID!): Note @auth }
      type Subscription { written: Note! @auth }`,
    resolvers: {
      Query: {
        notes: () => notes,
        note: (_source, { id }) => notes.find((each) => each.id === id),
      },
      Mutation: {
        read(_source, { id }) {
          ran.push(id);
          return notes.find((each) => each.id === id);
        },
        write: (_source, { id }) => notes.find((each) => each.id === id),
      },
      Subscription: {
        written: {
          async *subscribe() {
            for (const written of notes) yield { written };
          },
        },
      },
    },
  }),
  {
    policies: {
      READER: {
        reads: ['reader'],
        admits: ({ groups }, { reader }) => groups.has(String(reader)),
        where: ({ groups }) => ({ reader: { in: [...groups] } }),
      },
    },
    viewerOf: ({ viewer }) => viewer,
    types: { Note: { byIds: () => notes } },
  },
);

const ada = { viewer: { isAuthenticated: true, groups: new Set(['ADA']) } } as const;

describe.each(useHosts(authorization))('a rule of a type in $name', (host) => {
  it('leaves rows out, and answers with 404 for an id that names none', async () => {
    const { status, body } = await host.ask('{ notes { id } }', ada);
    expect([status, body]).toEqual([200, { data: { notes: [{ id: '1' }] } }]);
    const [hidden, missing] = [
      await host.ask('{ note(id: "2") { id } }', ada),
      await host.ask('{ note(id: "3") { id } }', ada),
    ];
    expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
    expect(hidden.body).toEqual({
      errors: [
        expect.objectContaining({
          extensions: { code: 'NOT_FOUND', coordinate: 'Query.note(id:)', argument: 'id' },
        }),
      ],
    });
    expect(hidden.header('www-authenticate')).toBe(null);
  });

  it('runs no mutation whose id names none, and reports a hidden result', async () => {
    const { status } = await host.ask(
      'mutation { read(id: "1") { id } b: read(id: "2") { id } }',
      ada,
    );
    expect([status, ran]).toEqual([404, []]);
    const written = await host.ask('mutation { write(id: "2") { id } }', ada);
    expect([written.status, written.body]).toMatchObject([
      200,
      { data: { write: null }, errors: [{ extensions: { reason: 'POLICY_DENIED' } }] },
    ]);
  });

  it('asks an anonymous viewer to log in', async () => {
    const { status } = await host.ask('{ notes { id } }', { viewer: anonymous });
    expect(status).toBe(401);
  });
});

describe('a subscription in GraphQL Yoga', () => {
  it('sends no event that the rule of its type hides', async () => {
    const yoga = createYoga<TestContext>({
      schema: authorization.schema,
      plugins: [createEnvelopPlugin<TestContext>({ ...authorization, realm: 'yoga' })],
      logging: false,
    });
    const response = await yoga.fetch(
      'http://yoga/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: 'subscription { written { id } }' }),
      },
      ada,
    );
    const events = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'));
    expect(events).toEqual(['data: {"data":{"written":{"id":"1"}}}']);
  });
});
