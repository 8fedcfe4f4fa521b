import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse, subscribe } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { anonymous, holding, type TestContext, withPolicies } from './fixtures.ts';

const sdl = `${withPolicies}
  type Query {
    open: String @public
    secret: String @auth(requires: [ADMIN])
    own(id: Int = 1): String @auth(or: [SELF])
    searched(text: String, hidden: Boolean @auth(requires: [ADMIN]), in: In, color: Color): String
      @public
    item: Item @public
    items: [Item!] @public
    entity: Entity @public
    any: Any @public
    color: Color @public
    colors: [Color] @public
    golds: [Color] @public
    vaults: [Entity] @public
  }
  type Mutation { change: Item @auth(requires: [ADMIN]) }
  type Subscription { ticks: Item @auth(requires: [ADMIN]), free: Item @public }
  type Item { id: Int, a: Int @auth(requires: [ADMIN]), b: Int @auth(or: [SELF]), must: Int! @auth(or: [SELF]) }
  interface Entity { id: Int }
  type Vault implements Entity @auth(requires: [ADMIN]) { id: Int }
  union Any = Vault | Item
  enum Color { RED GOLD @auth(requires: [ADMIN]) }
  input In { text: String, deep: String @auth(requires: [ADMIN]) }`;

const item = { id: 1, a: 1, b: 1, must: 1 };
const vault = { __typename: 'Vault', id: 3 };
let ticked = 0;
const resolvers = {
  Query: {
    open: () => 'open',
    secret: () => 'secret',
    own: () => 'own',
    searched: () => 'searched',
    item: () => item,
    items: () => Array.from({ length: 1000 }, () => item),
    entity: () => vault,
    any: () => vault,
    color: () => 'GOLD',
    colors: () => ['RED', 'GOLD'],
    golds: () => Array.from({ length: 1000 }, () => 'GOLD'),
    vaults: () => Array.from({ length: 1000 }, () => vault),
  },
  Mutation: { change: () => item },
  Subscription: Object.fromEntries(
    ['ticks', 'free'].map((name) => [
      name,
      {
        subscribe: async function* () {
          ticked += 1;
          yield { [name]: item };
          yield { [name]: item };
        },
      },
    ]),
  ),
};

const reported: string[] = [];
beforeEach(() => {
  reported.length = 0;
  ticked = 0;
});
const options = { policies: { SELF: () => false, BOSS: () => false } };
const viewerOf = ({ viewer }: TestContext) => viewer;
const schema = () => makeExecutableSchema({ typeDefs: sdl, resolvers });
const dry = createAuthorization<Viewer, TestContext>(schema(), {
  ...options,
  viewerOf,
  report: ({ coordinate }) => void reported.push(coordinate),
});
const strict = createAuthorization<Viewer, TestContext>(schema(), { ...options, viewerOf });

/** Decides and runs, and gives the denials of both, whatever the first said. */
async function decideAndRun(
  authorization: typeof dry,
  text: string,
  viewer: Viewer = holding('USER'),
  variableValues: Readonly<Record<string, unknown>> = {},
) {
  const request = { document: parse(text), contextValue: { viewer }, variableValues };
  const before = await authorization.authorizeOperation(request);
  const { data, errors = [] } = await execute({ schema: authorization.schema, ...request });
  return { before: before.length, during: errors.length, data: JSON.parse(JSON.stringify(data)) };
}

const places = [
  {
    title: 'a field',
    text: '{ open secret }',
    would: ['Query.secret'],
    data: { open: 'open', secret: 'secret' },
  },
  {
    title: 'two aliases of a field, two paths',
    text: '{ x: secret y: secret }',
    would: ['Query.secret', 'Query.secret'],
    data: { x: 'secret', y: 'secret' },
  },
  {
    title: 'a policy of a root field',
    text: '{ own }',
    would: ['Query.own'],
    data: { own: 'own' },
  },
  {
    title: 'a field below the root',
    text: '{ item { id a } }',
    would: ['Item.a'],
    data: { item: { id: 1, a: 1 } },
  },
  {
    title: 'a policy below the root, which the run alone sees',
    text: '{ item { id b must } }',
    would: ['Item.b', 'Item.must'],
    data: { item: { id: 1, b: 1, must: 1 } },
  },
  {
    title: 'an argument',
    text: '{ searched(hidden: true) }',
    would: ['Query.searched(hidden:)'],
    data: { searched: 'searched' },
  },
  {
    title: 'an argument by variable',
    text: 'query ($hidden: Boolean = true) { searched(hidden: $hidden) }',
    would: ['Query.searched(hidden:)'],
    data: { searched: 'searched' },
  },
  {
    title: 'an input field',
    text: '{ searched(in: {deep: "x"}) }',
    would: ['In.deep'],
    data: { searched: 'searched' },
  },
  {
    title: 'an enum value that was sent',
    text: '{ searched(color: GOLD) }',
    would: ['Color.GOLD'],
    data: { searched: 'searched' },
  },
  {
    title: 'an enum value that was returned',
    text: '{ color colors }',
    would: ['Color.GOLD', 'Color.GOLD'],
    data: { color: 'GOLD', colors: ['RED', 'GOLD'] },
  },
  {
    title: 'a run-time type of an interface',
    text: '{ entity { __typename } }',
    would: ['Vault'],
    data: { entity: { __typename: 'Vault' } },
  },
  {
    title: 'a run-time type of a union',
    text: '{ any { __typename } }',
    would: ['Vault'],
    data: { any: { __typename: 'Vault' } },
  },
  {
    title: 'a mutation and what it answers',
    text: 'mutation { change { a b } }',
    would: ['Mutation.change', 'Item.a', 'Item.b'],
    data: { change: { a: 1, b: 1 } },
  },
] as const;

describe('in a dry run', () => {
  it.each(places)('nothing is refused, and it is reported once: $title', async (place) => {
    const answer = await decideAndRun(dry, place.text);
    expect(answer).toEqual({ before: 0, during: 0, data: place.data });
    expect(reported).toEqual(place.would);
  });

  it('anonymous is admitted as well', async () => {
    const answer = await decideAndRun(dry, '{ open secret own item { b } }', anonymous);
    expect(answer).toMatchObject({ before: 0, during: 0, data: { secret: 'secret', own: 'own' } });
    expect(reported).toEqual(['Query.secret', 'Query.own', 'Item.b']);
  });

  it('nothing is reported of who may', async () => {
    await decideAndRun(dry, '{ secret item { a } color entity { id } }', holding('ADMIN'));
    expect(reported).toEqual([]);
  });

  it('a schema that runs without being decided before reports all the same', async () => {
    const contextValue = { viewer: holding('USER') };
    const document = parse('{ secret searched(hidden: true) item { a b } }');
    const { errors } = await execute({ schema: dry.schema, document, contextValue });
    expect(errors).toBeUndefined();
    expect(reported).toEqual(['Query.secret', 'Query.searched(hidden:)', 'Item.a', 'Item.b']);
  });

  it('nothing is refused by a policy that could not be asked, and it is reported', async () => {
    const reported: string[] = [];
    const authorization = createAuthorization<Viewer, TestContext>(schema(), {
      policies: {
        SELF: () => {
          throw new Error('down');
        },
        BOSS: () => false,
      },
      viewerOf,
      onPolicyError: (error) => {
        throw error;
      },
      report: ({ coordinate }) => void reported.push(coordinate),
    });
    expect(await decideAndRun(authorization, '{ own }', holding('USER'))).toMatchObject({
      before: 0,
      during: 0,
    });
    expect(reported).toEqual(['Query.own']);
  });

  it('gets the denial that a client would have got, and the context', async () => {
    const reported: unknown[] = [];
    const authorization = createAuthorization<Viewer, TestContext>(schema(), {
      ...options,
      viewerOf,
      report: (denial, context) => void reported.push(denial, context),
    });
    const viewer = holding('USER');
    await decideAndRun(authorization, '{ secret item { b } }', viewer);
    expect(reported).toEqual([
      {
        code: 'FORBIDDEN',
        reason: 'GROUP_REQUIRED',
        coordinate: 'Query.secret',
        requires: [['ADMIN']],
        policies: [[]],
      },
      { viewer },
      {
        code: 'FORBIDDEN',
        reason: 'POLICY_DENIED',
        coordinate: 'Item.b',
        requires: [[]],
        policies: [['SELF']],
      },
      { viewer },
    ]);
  });

  it.each([
    { title: 'fields', text: '{ items { a b must } }', would: ['Item.a', 'Item.b', 'Item.must'] },
    { title: 'enum values', text: '{ golds }', would: ['Color.GOLD'] },
    { title: 'run-time types', text: '{ vaults { __typename } }', would: ['Vault'] },
  ])('a list of a thousand is reported once for each path: $title', async ({ text, would }) => {
    expect(await decideAndRun(dry, text)).toMatchObject({ before: 0, during: 0 });
    // Sliced, so that a failure can be read.
    expect(reported.slice(0, 5)).toEqual(would);
  });

  it('each execution reports for itself', async () => {
    await decideAndRun(dry, '{ secret }');
    await decideAndRun(dry, '{ secret }');
    expect(reported).toEqual(['Query.secret', 'Query.secret']);
  });

  it('each viewer reports for itself, at the same time and with the same document', async () => {
    await Promise.all(
      [holding('USER'), holding('ADMIN'), anonymous].map((viewer) =>
        decideAndRun(dry, '{ secret item { a } }', viewer),
      ),
    );
    expect([...reported].sort()).toEqual(['Item.a', 'Item.a', 'Query.secret', 'Query.secret']);
  });

  it.each(['ticks', 'free'])('a subscription runs: %s', async (name) => {
    const contextValue = { viewer: holding('USER') };
    const document = parse(`subscription { ${name} { id b } }`);
    expect(await dry.authorizeOperation({ document, contextValue })).toEqual([]);
    const events = await subscribe({ schema: dry.schema, document, contextValue });
    if (!(Symbol.asyncIterator in events)) throw new Error('The subscription was refused.');
    const seen = [];
    for await (const event of events) seen.push(JSON.parse(JSON.stringify(event)));
    const event = { data: { [name]: { id: 1, b: 1 } } };
    expect(seen).toEqual([event, event]);
    expect(new Set(reported)).toEqual(
      new Set(name === 'ticks' ? ['Subscription.ticks', 'Item.b'] : ['Item.b']),
    );
  });

  it('a subscription reports once what is known before it runs, whatever number of events', async () => {
    const contextValue = { viewer: holding('USER') };
    const document = parse('subscription { ticks { a b } }');
    await dry.authorizeOperation({ document, contextValue });
    expect(reported).toEqual(['Subscription.ticks', 'Item.a']);
    const events = await subscribe({ schema: dry.schema, document, contextValue });
    if (!(Symbol.asyncIterator in events)) throw new Error('The subscription was refused.');
    for await (const _event of events);
    expect(reported.filter((coordinate) => coordinate !== 'Item.b')).toEqual([
      'Subscription.ticks',
      'Item.a',
    ]);
  });
});

describe('without a dry run', () => {
  it.each(places)('all of it is refused: $title', async ({ text, would }) => {
    const { before, during } = await decideAndRun(strict, text);
    expect(before + during).toBeGreaterThan(0);
    expect(Math.max(before, during)).toBeLessThanOrEqual(would.length);
    expect(reported).toEqual([]);
  });

  it('a subscription is refused, and its source is not opened', async () => {
    const request = {
      document: parse('subscription { ticks { id } }'),
      contextValue: { viewer: holding('USER') },
    };
    expect(await strict.authorizeOperation(request)).toHaveLength(1);
    const refused = await subscribe({ schema: strict.schema, ...request });
    expect('errors' in refused && refused.errors).toHaveLength(1);
    expect(ticked).toBe(0);
  });
});
