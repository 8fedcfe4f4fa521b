import { ApolloServer } from '@apollo/server';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@gatehouse/authorization/envelop';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRowsWorld,
  type NamedViewer,
  named,
  type RowsContext,
  rooms,
  select,
} from './rows-world.ts';

const { authorization, mistakes } = createRowsWorld({
  sdl: `type Query {
      rooms: [Room] @auth(requires: [ADMIN], rows: [SELF])
      slow: [Room] @auth(requires: [ADMIN], rows: [SELF])
      wrong: Rooms @auth(rows: [SELF])
    }
    type Room { id: Int } type Rooms { edges: [Edge], totalCount: Int } type Edge { node: Room }`,
  resolvers: (filterOf) => ({
    Query: {
      rooms: (_source, _args, _context, info) => select(filterOf(info)),
      slow: async function* (_source, _args, _context, info) {
        yield* select(filterOf(info));
      },
      wrong(_source, _args, _context, info) {
        filterOf(info);
        return { totalCount: rooms.length, edges: rooms.map((node) => ({ node })) };
      },
    },
  }),
});

const apollo = new ApolloServer<RowsContext>({
  schema: authorization.schema,
  plugins: [createAuthorizationPlugin({ ...authorization, realm: 'hosts' })],
});
const yoga = createYoga<RowsContext>({
  schema: authorization.schema,
  logging: false,
  plugins: [createEnvelopPlugin<RowsContext>({ ...authorization, realm: 'hosts' })],
});
beforeAll(() => apollo.start());
afterAll(() => apollo.stop());

async function askApollo(query: string, viewer: NamedViewer): Promise<unknown> {
  const { body } = await apollo.executeOperation({ query }, { contextValue: { viewer } });
  if (body.kind !== 'single') throw new Error('The answer comes in parts.');
  return JSON.parse(JSON.stringify(body.singleResult));
}

async function askYoga(query: string, viewer: NamedViewer): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ query }) };
  const response = await yoga.fetch('http://yoga/graphql', request, { viewer });
  return response.json();
}

describe.each([
  { host: 'Apollo Server', ask: askApollo },
  { host: 'GraphQL Yoga', ask: askYoga },
])('$host', ({ ask }) => {
  it('answers with the rows of the viewer', async () => {
    expect(await ask('{ rooms { id } }', named('ada'))).toMatchObject({
      data: { rooms: [{ id: 1 }, { id: 3 }] },
    });
    expect(await ask('{ rooms { id } }', named('eve', 'ADMIN'))).toMatchObject({
      data: { rooms: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] },
    });
  });

  it('answers a mistake with an internal error that says nothing of it', async () => {
    mistakes.length = 0;
    const answer = await ask(
      '{ wrong { totalCount edges { node { id } } } rooms { id } }',
      named('ada'),
    );
    expect(answer).toMatchObject({
      data: { wrong: null, rooms: [{ id: 1 }, { id: 3 }] },
      errors: [
        {
          message: expect.stringMatching(/^(Internal server|Unexpected) error\.$/),
          path: ['wrong'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('admit');
    expect(mistakes).toEqual([
      'Query.wrong: it returned a row that its policies do not admit to the viewer',
    ]);
  });
});

it('a list can be an asynchronous iterable where the executor of the host accepts one', async () => {
  expect(await askYoga('{ slow { id } }', named('ada'))).toMatchObject({
    data: { slow: [{ id: 1 }, { id: 3 }] },
  });
});
