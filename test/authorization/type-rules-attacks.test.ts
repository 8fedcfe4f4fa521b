import { setImmediate } from 'node:timers/promises';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerOf } from './every-execution.ts';
import {
  createRowsWorld,
  type Filter,
  type NamedViewer,
  named,
  policies,
  type RowsWorld,
  type RowsWorldOptions,
} from './rows-world.ts';

const ada = named('ada');
const admin = named('bob', 'ADMIN');
const own = { __typename: 'Note', id: 1, owner: 'ada' };
const other = { __typename: 'Note', id: 2, owner: 'bob' };
const internalError = expect.objectContaining({
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
});

interface Typed {
  readonly __typename: string;
}
const typeName = ({ __typename }: Typed): string => __typename;

const bySelf = {
  reads: ['owner'],
  admits: ({ name }: NamedViewer, { owner }: Readonly<Record<string, unknown>>) => owner === name,
  where: ({ name = '' }: NamedViewer): Filter => ({ owner: name }),
};

const world = (options: RowsWorldOptions) => (): RowsWorld =>
  createRowsWorld({ policies: { ...policies, SELF: bySelf }, ...options });
const asAda = (create: () => RowsWorld, text: string) => answerOf(create, text, { viewer: ada });

describe('a type with the fields of a connection', () => {
  const folders = world({
    sdl: `
      type Folder @auth(requires: [ADMIN], rows: [SELF]) { id: ID, nodes: [File!]! }
      type File { id: ID }
      type Query { folder: Folder @auth, shelf: Shelf @auth }
      type Shelf { folder: Folder! }
    `,
    resolvers: () => ({
      Query: {
        folder: () => ({ ...other, nodes: [] }),
        shelf: () => ({ folder: { ...other, nodes: [] } }),
      },
    }),
  });

  it('is hidden by its rule', async () => {
    expect(await asAda(folders, '{ folder { id nodes { id } } }')).toEqual({
      data: { folder: null },
    });
    expect(await asAda(folders, '{ shelf { folder { id } } }')).toEqual({
      errors: [expect.objectContaining({ path: ['shelf', 'folder'] })],
    });
    expect(await answerOf(folders, '{ folder { id } }', { viewer: admin })).toEqual({
      data: { folder: { id: '2' } },
    });
  });

  it('is named where a hidden value refuses the operation', async () => {
    const { authorization } = folders();
    const document = parse('{ shelf { folder { id } } }');
    expect(
      await authorization.decideOperation({ document, contextValue: { viewer: ada } }),
    ).toMatchObject({
      decision: { narrowed: ['Shelf.folder'], depends: ['Shelf.folder'] },
    });
  });

  it.each([
    { holder: own, answer: { data: { page: { total: 1, nodes: [{ id: '1' }] } } } },
    { holder: other, answer: { data: { page: null } } },
  ])('has its own rule beside that of its rows: $answer', async ({ holder, answer }) => {
    const pages = world({
      sdl: `
        type Page @auth(rows: [SELF]) { total: Int, nodes: [Note!]! }
        type Note @auth(rows: [SELF]) { id: ID }
        type Query { page: Page @auth }
      `,
      resolvers: (filterOf) => ({
        Query: {
          page: (_source, _args, _context, info) => {
            filterOf(info);
            return { ...holder, total: 1, nodes: [own] };
          },
        },
      }),
    });
    expect(await asAda(pages, '{ page { total nodes { id } } }')).toEqual(answer);
  });
});

describe('a field that only an implementation of an interface declares non-null', () => {
  const links = world({
    sdl: `
      interface Linked { next: Note }
      type Memo implements Linked { next: Note! }
      type Note @auth(rows: [SELF]) { id: ID }
      type Query { linked: Linked @auth }
    `,
    resolvers: () => ({
      Linked: { __resolveType: () => 'Memo' },
      Query: { linked: () => ({ next: other }) },
    }),
  });

  it('refuses the operation for a hidden value, as the decision says', async () => {
    const text = '{ linked { next { id } } }';
    expect(await asAda(links, text)).toEqual({
      errors: [expect.objectContaining({ path: ['linked', 'next'] })],
    });
    const asked = { document: parse(text), contextValue: { viewer: ada } };
    expect(await links().authorization.decideOperation(asked)).toMatchObject({
      decision: { narrowed: ['Linked.next'], depends: ['Linked.next'] },
    });
  });
});

describe('below a connection', () => {
  const sdl = `
    type Note @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
    type Secret @auth(rows: [SELF]) { id: ID }
    union Any = Note | Secret
    type Person { notes: Notes, any: [Any!]! }
    type Notes { nodes: [Note!]!, any: [Any!]!, one: Any, author: Person, total: Int }
    type Query { notes: Notes @auth }
  `;
  const secret = { __typename: 'Secret', id: 7, owner: 'bob' };

  it('types that are no rows of it have their own rule', async () => {
    const notes = world({
      sdl,
      resolvers: (filterOf) => ({
        Any: { __resolveType: typeName },
        Query: {
          notes: (_source, _args, _context, info) => {
            filterOf(info);
            const any = [own, secret];
            return { nodes: [own], any, one: secret, author: { any } };
          },
        },
      }),
    });
    const text =
      '{ notes { nodes { id } one { __typename } author { any { __typename } } any { __typename } } }';
    const any = [{ __typename: 'Note' }];
    expect(await asAda(notes, text)).toEqual({
      data: { notes: { nodes: [{ id: '1' }], one: null, author: { any }, any } },
    });
  });

  it('a hidden value of another type refuses where it must not be null, as the decision says', async () => {
    const notes = world({
      sdl: sdl.replace('one: Any,', 'one: Any!,'),
      resolvers: (filterOf) => ({
        Any: { __resolveType: typeName },
        Query: {
          notes: (_source, _args, _context, info) => {
            filterOf(info);
            return { one: secret };
          },
        },
      }),
    });
    const text = '{ notes { one { __typename } } }';
    expect(await asAda(notes, text)).toEqual({
      errors: [expect.objectContaining({ path: ['notes', 'one'] })],
    });
    const asked = { document: parse(text), contextValue: { viewer: ada } };
    expect(await notes().authorization.decideOperation(asked)).toMatchObject({
      decision: { depends: ['Notes.one'] },
    });
  });

  it('another connection has to be read with the filter too', async () => {
    const notes = world({
      sdl,
      resolvers: (filterOf) => ({
        Any: { __resolveType: typeName },
        Person: { notes: () => ({ nodes: [], total: 2 }) },
        Query: {
          notes: (_source, _args, _context, info) => {
            filterOf(info);
            return { nodes: [own], author: {}, total: 1 };
          },
        },
      }),
    });
    expect(await asAda(notes, '{ notes { total author { notes { total } } } }')).toEqual({
      errors: [internalError],
    });
  });
});

describe('a connection that is a property', () => {
  const owners = world({
    sdl: `
      type Note @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
      type Notes { nodes: [Note!]! }
      type Owner { notes: Notes }
      type Query { owner: Owner @auth }
    `,
    resolvers: () => ({ Query: { owner: () => ({ notes: { nodes: [own, other] } }) } }),
  });

  it('has all rows for who is in one of the groups', async () => {
    const text = '{ owner { notes { nodes { id } } } }';
    expect(await answerOf(owners, text, { viewer: admin })).toEqual({
      data: { owner: { notes: { nodes: [{ id: '1' }, { id: '2' }] } } },
    });
    expect(await asAda(owners, text)).toMatchObject({ errors: [internalError] });
  });
});

describe('a refusal', () => {
  it('does not tell the run-time type of the hidden value', async () => {
    const holder = (type: string) =>
      world({
        sdl: `
          interface Owned { id: ID }
          type Memo implements Owned @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
          type Note implements Owned @auth(rows: [SELF, BOSS]) { id: ID }
          type Holder { owned: Owned! }
          type Query { holder: Holder @auth }
        `,
        resolvers: () => ({
          Owned: { __resolveType: typeName },
          Query: { holder: () => ({ owned: { __typename: type, id: 3, owner: 'bob' } }) },
        }),
      });
    const answers = await Promise.all(
      ['Memo', 'Note'].map((type) => asAda(holder(type), '{ holder { owned { id } } }')),
    );
    expect(answers[0]).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('the run-time type of a value', () => {
  const sdl = `
    type Note { id: ID }
    type Secret @auth(rows: [SELF]) { id: ID }
    union Any = Note | Secret
    type Query { list: [Any!]! @auth, one: Any @auth, words: [Any!]! @auth }
  `;
  /** A `resolveType` that answers one name after the other. */
  const inTurns = (isLate: boolean) =>
    world({
      sdl,
      resolvers: () => {
        const names = ['Note', 'Secret', 'Note', 'Note', 'Secret', 'Secret', 'Note', 'Secret'];
        const next = () => names.shift();
        return {
          Any: { __resolveType: () => (isLate ? setImmediate().then(next) : next()) },
          Query: {
            list: () => [other, other, { ...other }, { ...other }, { ...other }],
            one: () => other,
            words: () => ['a', 'a', 'b', 'b'],
          },
        };
      },
    });

  it.each([{ isLate: false }, { isLate: true }])(
    'is asked for once, however often `resolveType` changes its mind (late: $isLate)',
    async ({ isLate }) => {
      for (const text of [
        '{ list { __typename ... on Secret { id } } }',
        '{ a: one { __typename } b: one { __typename } c: one { __typename ... on Secret { id } } }',
        '{ words { __typename } }',
      ]) {
        const answer = JSON.stringify(await asAda(inTurns(isLate), text));
        expect(answer).toContain('Note');
        expect(answer).not.toContain('Secret');
      }
    },
  );
});

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

  it('are not delivered where the executor accepts no such list', async () => {
    const { errors, data } = await asAda(from({ list: late }), '{ list { id } }');
    expect({ errors, data }).toEqual({
      data: null,
      errors: [expect.objectContaining({ path: ['list'] })],
    });
  });

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
