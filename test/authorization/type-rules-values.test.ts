import { setImmediate } from 'node:timers/promises';
import { versionInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerOf } from './every-execution.ts';
import { policies } from './rows-world.ts';
import { ada, asAda, bySelf, internalError, other, own, typeName, world } from './rule-attacks.ts';

describe('a policy', () => {
  /** What JavaScript lets a policy answer. */
  const untyped = (value: unknown) => Object({ value }).value;
  const thrown = () => {
    throw new Error('broken');
  };

  it.each([
    { title: 'throws', admits: thrown },
    { title: 'rejects', admits: () => Promise.reject(new Error('broken')) },
    { title: 'answers with a number', admits: () => untyped(1) },
    { title: 'answers with a late text', admits: () => untyped(Promise.resolve('true')) },
    { title: 'answers with nothing', admits: () => untyped(undefined) },
    { title: 'answers with an object', admits: () => untyped({ valueOf: () => true }) },
    { title: 'answers with a thenable of a number', admits: () => untyped(thenable(1)) },
    { title: 'answers with a thenable that throws', admits: () => untyped(thenBy(thrown)) },
  ])('that $title hides the row', async ({ admits }) => {
    expect(await asAda(notesWith({ admits }), '{ one { id } list { id } }')).toEqual({
      data: { one: null, list: [] },
    });
  });

  it('that answers with a thenable of true shows the row', async () => {
    const create = notesWith({ admits: () => untyped(thenable(true)) });
    expect(await asAda(create, '{ one { id } list { id } }')).toEqual({
      data: { one: { id: '1' }, list: [{ id: '1' }, { id: '2' }] },
    });
  });

  it('admits no one to a row without a property that it reads, and the log names it once', async () => {
    const logged: string[] = [];
    const create = notesWith({
      reads: ['owner', 'branch'],
      admits: () => true,
      onPolicyError: (error) => void logged.push(error instanceof Error ? error.message : ''),
    });
    expect(await asAda(create, '{ list { id } one { id } }')).toEqual({
      data: { list: [], one: null },
    });
    expect(logged.slice(0, 2)).toEqual([
      'Query.list: the policy SELF reads `branch`, which is undefined',
      'Query.one: the policy SELF reads `branch`, which is undefined',
    ]);
    expect(logged).toHaveLength(2 * 3);
  });
});

const thenBy = (then: () => unknown): object => Object.fromEntries([['then', then]]);

/** A promise of another library. */
const thenable = (value: unknown): object =>
  thenBy(Promise.prototype.then.bind(Promise.resolve(value)));

interface Notes {
  readonly reads?: readonly string[];
  readonly admits: () => boolean | Promise<boolean>;
  readonly onPolicyError?: (error: unknown) => void;
}

const notesWith = ({ reads = ['owner'], admits, ...rest }: Notes) =>
  world({
    ...rest,
    sdl: `
      type Note @auth(rows: [SELF]) { id: ID }
      type Query { one: Note @auth, list: [Note!]! @auth }
    `,
    policies: { ...policies, SELF: { reads, admits, where: () => ({}) } },
    resolvers: () => ({ Query: { one: () => own, list: () => [own, other] } }),
  });

describe('values that are made while they are read', () => {
  const sdl = `
    type Note @auth(rows: [SELF]) { id: ID, text: String }
    interface Owned { id: ID }
    type Memo implements Owned @auth(rows: [SELF]) { id: ID }
    union Any = Memo | Note
    type Edge { node: Note }
    type Notes { edges: [Edge], nodes: [Note], total: Int }
    type Query {
      list: [Note]! @auth
      matrix: [[Note!]!]! @auth
      notes: Notes @auth
      any: [Any]! @auth
      owned: [Owned]! @auth
    }
  `;
  type Query = Readonly<Record<string, () => unknown>>;
  const from = (query: Query) =>
    world({
      sdl,
      resolvers: (filterOf) => ({
        Any: { __resolveType: typeName },
        Owned: { __resolveType: () => 'Memo' },
        Query: {
          ...query,
          ...(query.notes === undefined
            ? {}
            : {
                notes: (_source, _args, _context, info) => {
                  filterOf(info);
                  return query.notes?.();
                },
              }),
        },
      }),
    });
  /** One object that is another row at each step. */
  function* changing() {
    const row = { id: 0, owner: '' };
    for (const each of [own, other]) yield Object.assign(row, each);
  }
  async function* late() {
    yield own;
    yield other;
  }
  /** One whose iterator does not wait for what it gives. */
  const asynchronous = (values: readonly unknown[]) => ({
    [Symbol.asyncIterator]() {
      const iterator = values[Symbol.iterator]();
      return { next: () => Promise.resolve(iterator.next()) };
    },
  });
  const readOnly = (row: object) =>
    new Proxy(row, { getOwnPropertyDescriptor: () => undefined, ownKeys: () => [] });
  const getter = {
    id: 3,
    get owner(): string {
      throw new Error('broken');
    },
  };

  it.each([
    { title: 'one object for all rows', list: changing, answer: [] },
    { title: 'proxies', list: () => [readOnly(other), readOnly(own)], answer: [{ id: '1' }] },
    { title: 'a proxy of a list', list: () => new Proxy([other, own], {}), answer: [{ id: '1' }] },
    { title: 'a getter that throws', list: () => [getter, own], answer: [{ id: '1' }] },
    {
      title: 'rows that are functions',
      list: () => [() => own, Object.assign(() => 1, own)],
      answer: [{ id: '1' }],
    },
    { title: 'texts', list: () => ['own', ...'ab'], answer: [] },
    {
      title: 'a set of promises',
      list: () => new Set([Promise.resolve(other), thenable(own)]),
      answer: [{ id: '1' }],
    },
    { title: 'a frozen list', list: () => Object.freeze([other, own]), answer: [{ id: '1' }] },
  ])('such as $title have the rule: $answer', async ({ list, answer }) => {
    expect(await asAda(from({ list }), '{ list { id } }')).toEqual({ data: { list: answer } });
  });

  it.each([
    { title: 'rows', list: late },
    {
      title: 'promises of rows',
      list: () => asynchronous([Promise.resolve(own), thenable(other)]),
    },
  ])(
    'are not delivered late where the executor accepts no such list, as graphql 16, and have the rule in 17: $title',
    async ({ list }) => {
      const { errors, data } = await asAda(from({ list }), '{ list { id } }');
      const refused = { data: null, errors: [expect.objectContaining({ path: ['list'] })] };
      const delivered = { data: { list: [{ id: '1' }] }, errors: undefined };
      expect({ errors, data }).toEqual(versionInfo.major === 16 ? refused : delivered);
    },
  );

  it('such as nested iterables have the rule, from the innermost', async () => {
    const matrix = () => new Set([[other], new Set([own, other]), Promise.resolve([own])]);
    expect(await asAda(from({ matrix }), '{ matrix { id } }')).toEqual({
      data: { matrix: [[], [{ id: '1' }], [{ id: '1' }]] },
    });
  });

  it('have the rule of each type under which one object is delivered', async () => {
    const row = { __typename: 'Note', id: 1, owner: 'bob' };
    const create = from({ list: () => [row], any: () => [row], owned: () => [row] });
    expect(await asAda(create, '{ list { id } any { __typename } owned { id } }')).toEqual({
      data: { list: [], any: [], owned: [] },
    });
  });

  it.each([
    { title: 'edges that a function makes', notes: () => ({ edges: () => [{ node: other }] }) },
    { title: 'nodes that functions make', notes: () => ({ edges: [{ node: () => other }] }) },
    {
      title: 'nodes of a getter',
      notes: () => ({
        get nodes() {
          return [other];
        },
      }),
    },
    { title: 'nodes of a generator', notes: () => ({ nodes: new Set([other]) }) },
    { title: 'nodes of a thenable', notes: () => ({ nodes: thenable([other]) }) },
  ])('such as $title are refused with the whole query', async ({ notes }) => {
    const { errors, ...rest } = await asAda(
      from({ notes: () => Object.defineProperty(notes(), 'total', { value: 2 }) }),
      '{ notes { total edges { node { id } } nodes { id } } }',
    );
    expect(rest).toEqual({});
    expect(errors).toEqual([internalError]);
  });

  it('are refused with one error also where another one leaves no data', async () => {
    const create = from({
      notes: () => ({ edges: () => [{ node: other }, { node: other }] }),
      list: () =>
        setImmediate().then(() => {
          throw new Error('broken');
        }),
    });
    expect(await asAda(create, '{ notes { edges { node { id } } } list { id } }')).toEqual({
      errors: [internalError],
    });
  });
});

describe('a lenient answer', () => {
  it('names the first refused item of a list, whenever policies answer', async () => {
    const notes = (lateId: number) =>
      world({
        sdl: `
          type Note @auth(rows: [SELF]) { id: ID }
          type Shelf { note: Note! }
          type Query { shelves: [Shelf] @auth }
        `,
        policies: {
          ...policies,
          SELF: {
            ...bySelf,
            admits: (_viewer, { id }) => (id === lateId ? setImmediate(false) : false),
          },
        },
        resolvers: () => ({ Query: { shelves: () => [{ note: own }, { note: other }] } }),
      });
    for (const lateId of [1, 2]) {
      const asked = { viewer: ada, isLenient: true };
      expect(await answerOf(notes(lateId), '{ shelves { note { id } } }', asked)).toMatchObject({
        data: { shelves: [null, null] },
        errors: [{ path: ['shelves', 0, 'note'] }],
      });
    }
  });
});
