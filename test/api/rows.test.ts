import type { GraphQLResolveInfo } from 'graphql';
import { defineDomain, definePolicy, type GatehouseContext } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

interface Letter {
  readonly id: string;
  readonly to: string;
  readonly text: string;
}

/** A filter of a data client that is a function. */
type Wanted = (letter: Letter) => boolean;

const letters: Letter[] = [];
const all: Wanted = () => true;

const isAddressee = definePolicy({
  reads: ['to'],
  admits: (viewer, { to }) => viewer.kind === 'user' && to === viewer.userId,
  where:
    (viewer): Wanted =>
    (letter) =>
      letter.to === viewer.userId,
});
const isShort = definePolicy({
  reads: ['text'],
  admits: (_viewer, { text }: Pick<Letter, 'text'>) => text.length < 10,
  where: (): Wanted => (letter) => letter.text.length < 10,
});

type Resolve = (
  root: unknown,
  args: unknown,
  context: GatehouseContext,
  info: GraphQLResolveInfo,
) => unknown;

const asked: Resolve = (_root, _args, { rows }, info) => letters.filter(rows<Wanted>(info) ?? all);
const forgotten: Resolve = () => letters;
const toEdges = (nodes: readonly Letter[]) => ({ edges: nodes.map((node) => ({ node })) });

const mail = defineDomain<GatehouseContext>({
  name: 'mail',
  typeDefs: `
  extend enum Policy {
    ADDRESSEE
    SHORT
  }
  extend type Query {
    "Letters."
    letters: [Letter!]! @auth(requires: [MANAGER], rows: [ADDRESSEE])
    "Letters that are short and the viewer's."
    shortLetters: [Letter!]! @auth(rows: [ADDRESSEE]) @auth(rows: [SHORT])
    "Letters that are short or the viewer's."
    someLetters: [Letter!]! @auth(rows: [ADDRESSEE, SHORT])
    "Letters, by a resolver that forgets to ask."
    forgottenLetters: [Letter!]! @auth(requires: [MANAGER], rows: [ADDRESSEE])
    "Letters, by a resolver that asks and returns too many."
    widerLetters: [Letter!]! @auth(requires: [MANAGER], rows: [ADDRESSEE])
    "Pages of letters."
    letterPages: LetterConnection! @auth(requires: [MANAGER], rows: [ADDRESSEE])
    "Pages of letters, by a resolver that forgets to ask."
    forgottenPages: LetterConnection! @auth(requires: [MANAGER], rows: [ADDRESSEE])
  }
  "A letter."
  type Letter {
    "What it says."
    text: String!
  }
  "A page of letters."
  type LetterConnection {
    "The letters."
    edges: [LetterEdge!]!
    "How many there are."
    totalCount: Int!
  }
  "A letter in a page."
  type LetterEdge {
    "The letter."
    node: Letter!
  }`,
  resolvers: {
    Query: {
      letters: asked,
      shortLetters: asked,
      someLetters: asked,
      forgottenLetters: forgotten,
      widerLetters(
        _root: unknown,
        _args: unknown,
        { rows }: GatehouseContext,
        info: GraphQLResolveInfo,
      ) {
        rows<Wanted>(info);
        return letters;
      },
      letterPages(
        _root: unknown,
        _args: unknown,
        { rows }: GatehouseContext,
        info: GraphQLResolveInfo,
      ) {
        return toEdges(letters.filter(rows<Wanted>(info) ?? all));
      },
      forgottenPages: () => toEdges(letters),
    },
    LetterConnection: {
      totalCount: (
        _page: unknown,
        _args: unknown,
        { rows }: GatehouseContext,
        info: GraphQLResolveInfo,
      ) => letters.filter(rows<Wanted>(info) ?? all).length,
    },
  },
  policies: { ADDRESSEE: isAddressee, SHORT: isShort },
});

const combineFilters = {
  any: (filters: readonly Wanted[]) => (letter: Letter) => filters.some((each) => each(letter)),
  all: (filters: readonly Wanted[]) => (letter: Letter) => filters.every((each) => each(letter)),
};

let server: TestServer;
let kim: TestUser;
let manager: TestUser;
beforeAll(async () => {
  const { config, ...place } = roomsProject;
  const domains = [...(config.domains ?? []), mail];
  server = await startTestServer({
    project: { ...place, config: { ...config, domains, combineFilters } },
  });
  kim = await server.aUser('STAFF');
  manager = await server.aUser('MANAGER');
  letters.push(
    { id: '1', to: kim.id, text: 'Hello' },
    { id: '2', to: manager.id, text: 'Secret' },
    { id: '3', to: kim.id, text: 'A long letter' },
    { id: '4', to: manager.id, text: 'A long secret' },
  );
});
afterAll(() => server.stop());

const textsOf = async (field: string, { accessToken: token }: TestUser) => {
  const { status, data } = await server.ask(`{ ${field} { text } }`, { token });
  return { status, texts: data[field].map(({ text }: Letter) => text) };
};

describe('a list that policies narrow', () => {
  it('has every row for a viewer in the group, and the own rows for every other', async () => {
    expect(await textsOf('letters', manager)).toEqual({
      status: 200,
      texts: ['Hello', 'Secret', 'A long letter', 'A long secret'],
    });
    expect(await textsOf('letters', kim)).toEqual({
      status: 200,
      texts: ['Hello', 'A long letter'],
    });
  });

  it('is empty, not refused, for a viewer who owns nothing', async () => {
    expect(await textsOf('letters', await server.aUser())).toEqual({ status: 200, texts: [] });
  });

  it('is refused to an anonymous viewer', async () => {
    expect(await server.ask('{ letters { text } }')).toMatchObject({ status: 401 });
  });

  it('has the rows that any policy of a clause and a policy of every clause selects', async () => {
    expect((await textsOf('shortLetters', kim)).texts).toEqual(['Hello']);
    expect((await textsOf('someLetters', kim)).texts).toEqual(['Hello', 'Secret', 'A long letter']);
  });

  it('counts the rows of a connection with the same filter', async () => {
    const query = '{ letterPages { totalCount edges { node { text } } } }';
    const { data } = await server.ask(query, { token: kim.accessToken });
    expect(data.letterPages.totalCount).toBe(2);
    expect(data.letterPages.edges).toHaveLength(2);
    const { data: whole } = await server.ask(query, { token: manager.accessToken });
    expect(whole.letterPages.totalCount).toBe(4);
  });
});

describe('a resolver that makes a mistake with rows', () => {
  it.each([
    { mistake: 'forgets to ask', field: 'forgottenLetters', selection: 'text' },
    { mistake: 'returns too many', field: 'widerLetters', selection: 'text' },
    {
      mistake: 'of a connection forgets to ask',
      field: 'forgottenPages',
      selection: 'edges { node { text } }',
    },
    {
      mistake: 'forgets to ask and only the count is selected',
      field: 'forgottenPages',
      selection: 'totalCount',
    },
  ])('$mistake: nothing is delivered, and the log names the field', async (mistaken) => {
    const { field, selection } = mistaken;
    const before = server.logLines.length;
    const query = `{ ${field} { ${selection} } }`;
    const answer = await server.ask(query, { token: kim.accessToken });
    expect([answer.status, answer.code]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(answer.text).not.toMatch(/Secret|Hello|totalCount":|policies/);
    const lines = server.logLines.slice(before).filter((line) => line.includes('"level":50'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        requestId: answer.headers.get('x-request-id'),
        err: expect.objectContaining({ coordinate: `Query.${field}` }),
      }),
    ]);
    expect(lines.join()).not.toMatch(/Secret|Hello/);
    const { status, errors } = await server.ask(query, { token: manager.accessToken });
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
  });
});
