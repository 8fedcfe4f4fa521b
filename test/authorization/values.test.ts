import { ValueError } from '@graphql-gatehouse/authorization';
import { execute, GraphQLError, parse, subscribe, versionInfo } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { anonymous, callable, type GuardOptions, groupsOnly, guard, runAlone } from './fixtures.ts';
import { findQuote, marker, purpose } from './values-world.ts';

const internal = {
  message: 'Internal server error.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

const sdl = `${groupsOnly}
  type Query { int: Int @public list: [[Int!]] @public must: Int! @public thing: Thing @public node: Node @public }
  type Subscription { ticks: Int @public }
  type Thing { text: String }
  interface Node { text: String }
  type Leaf implements Node { text: String }
`;

/** A promise of another library. Its `then` returns nothing, and it has no `catch`. */
const thenable = (value: unknown) => {
  const then = (done: (value: unknown) => void) => queueMicrotask(() => done(value));
  return Object.fromEntries([['then', then]]);
};

function run(resolvers: GuardOptions['resolvers'], text: string) {
  const { schema } = guard(sdl, resolvers === undefined ? {} : { resolvers });
  return execute({ schema, document: parse(text), contextValue: { viewer: anonymous } });
}

describe('an error about a value', () => {
  it('has a text of its own for the client, and says in its cause what and where', async () => {
    const { data, errors = [] } = await run({ Query: { int: () => marker } }, '{ int }');
    expect(data).toEqual({ int: null });
    expect(errors.map((error) => error.toJSON())).toEqual([
      { ...internal, path: ['int'], locations: [{ line: 1, column: 3 }] },
    ]);
    const [original] = errors.map(({ originalError }) => originalError);
    expect(original).toBeInstanceOf(ValueError);
    expect(original).toMatchObject({
      message: 'Query.int: its value is no Int',
      coordinate: 'Query.int',
      cause: expect.any(GraphQLError),
    });
    expect(errors[0]?.stack).not.toContain(marker);
  });

  it('is at the item of a list, and leaves the others', async () => {
    const list = () => [[1, 2], [3, marker], new Set([4]), 5, null];
    const { data, errors = [] } = await run({ Query: { list } }, '{ list }');
    expect(data).toEqual({ list: [[1, 2], null, [4], null, null] });
    expect(errors.map(({ path }) => path)).toEqual([
      ['list', 1, 1],
      ['list', 3],
    ]);
  });

  it('spreads a null as every error does', async () => {
    for (const must of [() => null, () => undefined, async () => null]) {
      const { data, errors = [] } = await run({ Query: { must } }, '{ must }');
      expect(data).toBeNull();
      expect(errors[0]?.originalError?.message).toBe(
        'Query.must: its value is null, which its type does not allow',
      );
    }
  });
});

describe('what a resolver throws', () => {
  it('is the original error, where it is an error', async () => {
    const down = new Error(marker);
    const fails = [() => Promise.reject(down), () => down, async () => down];
    for (const int of fails) {
      const { errors = [] } = await run({ Query: { int } }, '{ int }');
      expect(errors[0]?.toJSON()).toMatchObject(internal);
      expect(errors[0]?.originalError).toBe(down);
    }
  });

  it('reaches the client as it is, where it was written for clients', async () => {
    const closed = new GraphQLError(purpose, { extensions: { code: 'CLOSED', shop: 7 } });
    const { errors = [] } = await run({ Query: { int: () => closed } }, '{ int }');
    expect(errors[0]?.toJSON()).toMatchObject({
      message: purpose,
      extensions: { code: 'CLOSED', shop: 7 },
    });
  });
});

describe('a type that examines values', () => {
  it.each([
    { title: 'accepts a value', answer: true },
    { title: 'accepts a value late', answer: Promise.resolve(true) },
    { title: 'accepts a value by a thenable', answer: thenable(true) },
  ])('$title, which is delivered', async ({ answer }) => {
    const resolvers = {
      Query: { thing: () => ({ text: 'a' }), node: () => ({ text: 'b' }) },
      Thing: { __isTypeOf: () => answer },
      Leaf: { __isTypeOf: () => answer },
    };
    expect(await run(resolvers, '{ thing { text } node { text } }')).toEqual({
      data: { thing: { text: 'a' }, node: { text: 'b' } },
    });
  });

  it.each([
    { title: 'refuses it', isTypeOf: () => false },
    { title: 'refuses it late', isTypeOf: async () => false },
    {
      title: 'throws',
      isTypeOf: () => {
        throw new Error(marker);
      },
    },
    { title: 'rejects', isTypeOf: () => Promise.reject(new Error(marker)) },
  ])('and $title does not quote it', async ({ isTypeOf }) => {
    const value = () => ({ __typename: 'Leaf', text: marker });
    const resolvers = {
      Query: { thing: value, node: value },
      Thing: { __isTypeOf: isTypeOf },
      Leaf: { __isTypeOf: isTypeOf },
    };
    const result = await run(resolvers, '{ thing { text } node { text } }');
    expect(result.data).toEqual({ thing: null, node: null });
    expect(findQuote(JSON.parse(JSON.stringify(result)))).toBeUndefined();
    expect(result.errors?.map((error) => error.toJSON())).toMatchObject([internal, internal]);
  });

  it.each([
    { title: 'late', resolveType: async () => 'Leaf', text: 'b' },
    { title: 'by a thenable', resolveType: () => thenable('Leaf'), text: 'b' },
    { title: 'late, as a type that does not exist', resolveType: async () => marker, text: null },
    { title: 'as nothing', resolveType: () => undefined, text: null },
    { title: 'with an error', resolveType: () => Promise.reject(new Error(marker)), text: null },
  ])('can be found $title', async ({ resolveType, text }) => {
    const resolvers = {
      Query: { node: () => ({ text: 'b' }) },
      Node: { __resolveType: resolveType },
    };
    const result = await run(resolvers, '{ node { text } }');
    expect(result.data).toEqual({ node: text === null ? null : { text } });
    expect(findQuote(JSON.parse(JSON.stringify(result)))).toBeUndefined();
  });
});

describe('a subscription', () => {
  const open = (ticks: () => unknown, event = '{ ticks }') => {
    const resolvers: GuardOptions['resolvers'] = {
      Subscription: { ticks: { subscribe: () => ticks() } },
    };
    const { schema } = guard(sdl, { resolvers });
    const document = parse(`subscription ${event}`);
    return subscribe({ schema, document, contextValue: { viewer: anonymous } });
  };

  it.each([
    { title: 'returns no stream', ticks: () => ({ note: marker }) },
    { title: 'returns an error', ticks: () => new Error(marker) },
    {
      title: 'throws an object',
      ticks: () => {
        throw { note: marker };
      },
    },
    { title: 'rejects', ticks: () => Promise.reject(new Error(marker)) },
  ])('that $title has an error without the value', async ({ ticks }) => {
    const result = await open(ticks);
    if (Symbol.asyncIterator in result) throw new Error('It opened a stream.');
    expect(result.errors?.map((error) => error.toJSON())).toMatchObject([internal]);
  });

  it('has events whose errors do not quote them', async () => {
    const result = await open(async function* () {
      yield { ticks: marker };
    });
    if (!(Symbol.asyncIterator in result)) throw new Error('It opened no stream.');
    const { value } = await result.next();
    expect(JSON.parse(JSON.stringify(value))).toMatchObject({
      data: { ticks: null },
      errors: [internal],
    });
  });

  const opened = async (ticks: () => unknown) => {
    const result = await open(ticks);
    if (!(Symbol.asyncIterator in result)) throw new Error('It opened no stream.');
    return result;
  };
  const down = new Error(marker);

  it.each<{ title: string; next: () => unknown }>([
    { title: 'rejects with an error', next: () => Promise.reject(down) },
    { title: 'rejects with a text', next: () => Promise.reject(marker) },
    { title: 'rejects by a callable promise', next: () => callable(Promise.reject(down)) },
    {
      title: 'throws an error',
      next: () => {
        throw down;
      },
    },
  ])('whose source $title later does not quote it', async ({ next }) => {
    const source = Object.fromEntries([['next', next]]);
    const stream = await opened(() => ({ [Symbol.asyncIterator]: () => source }));
    const error: unknown = await stream.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GraphQLError);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ ...internal, path: ['ticks'] });
  });

  it('whose source cannot be opened does not quote its error', async () => {
    const ticks = () => ({
      [Symbol.asyncIterator]() {
        throw down;
      },
    });
    const result = await open(ticks);
    if (Symbol.asyncIterator in result) throw new Error('It opened a stream.');
    expect(result.errors?.map((error) => error.toJSON())).toMatchObject([internal]);
  });

  it('whose source ends with an error on purpose shows it', async () => {
    const closed = new GraphQLError(purpose);
    const stream = await opened(async function* () {
      yield { ticks: 1 };
      throw closed;
    });
    expect(await stream.next()).toEqual({ done: false, value: { data: { ticks: 1 } } });
    await expect(stream.next()).rejects.toBe(closed);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  /** What a reader gets back that throws an error of its own: graphql 17 does not show it to the source. */
  const thrownBack = { message: versionInfo.major === 16 ? internal.message : down.message };

  it('ends its source where the reader leaves', async () => {
    const ended: string[] = [];
    const ticks = async function* () {
      try {
        yield { ticks: 1 };
      } finally {
        ended.push('generator');
      }
    };
    const left = await opened(ticks);
    for await (const { data } of left) {
      expect(data).toEqual({ ticks: 1 });
      break;
    }
    expect(ended).toEqual(['generator']);
    const broken = await opened(ticks);
    await broken.next();
    await expect(broken.throw(down)).rejects.toMatchObject(thrownBack);
    expect(ended).toEqual(['generator', 'generator']);
  });

  it('ends a source that only has some of the methods of an iterator', async () => {
    const next = async () => ({ done: false, value: { ticks: 1 } });
    const bare = await opened(() => ({ [Symbol.asyncIterator]: () => ({ next }) }));
    expect(await bare.return(undefined)).toEqual({ done: true, value: undefined });
    await expect(bare.throw(down)).rejects.toMatchObject(thrownBack);
    const end = vi.fn(async () => ({ done: true, value: undefined }));
    const ending = await opened(() => ({
      [Symbol.asyncIterator]: () => ({ next, return: end }),
    }));
    await expect(ending.throw(down)).rejects.toMatchObject(thrownBack);
    expect(end).toHaveBeenCalledOnce();
  });

  it('that throws an error on purpose shows it', async () => {
    const result = await open(() => Promise.reject(new GraphQLError(purpose)));
    if (Symbol.asyncIterator in result) throw new Error('It opened a stream.');
    expect(result.errors?.map(({ message }) => message)).toEqual([purpose]);
  });
});

it('is null beside items that do not fit where its type allows that, late or not', async () => {
  const items = () => [
    null,
    undefined,
    'heron',
    Promise.resolve(null),
    Promise.resolve('heron'),
    1,
  ];
  const authorization = guard(`${groupsOnly} type Query { numbers: [Int] @public }`, {
    resolvers: { Query: { numbers: items } },
  });
  const { data, denied } = await runAlone(authorization, '{ numbers }');
  expect(data).toEqual({ numbers: [null, null, null, null, null, 1] });
  expect(denied).toHaveLength(2);
});
