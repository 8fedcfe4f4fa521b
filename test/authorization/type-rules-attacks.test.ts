import { setImmediate } from 'node:timers/promises';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerOf } from './every-execution.ts';
import { anonymous } from './fixtures.ts';
import { createRowsWorld, named, policies } from './rows-world.ts';
import {
  ada,
  admin,
  asAda,
  bySelf,
  internalError,
  other,
  own,
  typeName,
  world,
} from './rule-attacks.ts';

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

  it('what a value of another type makes later is no row of it, also where the viewer has all such values', async () => {
    const notes = world({
      sdl: `
        type Note @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
        type Memo @auth(requires: [USER], rows: [SELF]) { about: Note }
        type Notes { nodes: [Note!]!, memo: Memo }
        type Query { notes: Notes @auth }
      `,
      resolvers: (filterOf) => ({
        Query: {
          notes: (_source, _args, _context, info) => {
            filterOf(info);
            return { nodes: [own], memo: { about: () => other } };
          },
        },
      }),
    });
    const answer = await answerOf(notes, '{ notes { memo { about { id } } } }', {
      viewer: named('ada', 'USER'),
    });
    expect(answer).toEqual({ data: { notes: { memo: { about: null } } } });
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

describe('a resolver below a connection', () => {
  const found: unknown[] = [];
  const notes = (parts: { readonly typeName: string }) =>
    createRowsWorld({
      sdl: `
        type Note @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
        type Secret @auth(rows: [SELF]) { id: ID }
        type Memo { id: ID }
        union Any = Note | Secret
        type Notes { nodes: [Note!]!, secrets: Int, any: [Any!]! }
        type Query { notes: Notes @auth }
      `,
      policies: { ...policies, SELF: bySelf },
      resolvers: (filterOf, rowsOf) => {
        const read = (info: Parameters<typeof filterOf>[0]) =>
          found.push(rowsOf(info, parts.typeName));
        return {
          Any: { __resolveType: typeName },
          Notes: {
            secrets: (_source, _args, _context, info) => read(info),
            any(_source, _args, _context, info) {
              read(info);
              return [];
            },
          },
          Query: {
            notes(_source, _args, _context, info) {
              filterOf(info);
              return { nodes: [] };
            },
          },
        };
      },
    });

  it.each([
    { typeName: 'Secret', viewer: ada, filter: { owner: 'ada' } },
    { typeName: 'Secret', viewer: admin, filter: { owner: 'bob' } },
    { typeName: 'Note', viewer: ada, filter: { owner: 'ada' } },
    { typeName: 'Note', viewer: admin, filter: undefined },
  ])('gets the filter of $typeName: $filter', async ({ filter, viewer, ...parts }) => {
    found.length = 0;
    const { errors } = await notes(parts).run('{ notes { secrets any { __typename } } }', viewer);
    expect(errors).toBe(undefined);
    expect(found).toEqual([filter, filter]);
  });

  it.each(['Memo', 'Typo', ''])('gets no rows of "%s" from a field of others', async (name) => {
    found.length = 0;
    const { errors } = await notes({ typeName: name }).run(
      '{ notes { any { id: __typename } } }',
      ada,
    );
    expect([errors, found]).toEqual([[internalError], []]);
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

describe('an anonymous viewer', () => {
  it('is asked to log in for the name of the run-time type alone', async () => {
    const create = world({
      sdl: `
        type Note @auth(rows: [SELF]) { id: ID }
        type Memo { id: ID }
        union Any = Memo | Note
        type Query { any: [Any] @public }
      `,
      resolvers: () => ({
        Any: { __resolveType: typeName },
        Query: { any: () => [{ __typename: 'Memo' }, own] },
      }),
    });
    const { errors, ...rest } = await answerOf(create, '{ any { __typename } }', {
      viewer: anonymous,
    });
    expect(rest).toEqual({});
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', coordinate: 'Note' } }]);
  });
});

describe('an anonymous viewer of rows that partly have a rule', () => {
  const pages = (typeName?: string) =>
    world({
      sdl: `
        type Note @auth(rows: [SELF]) { id: ID }
        type Memo { id: ID }
        union Any = Memo | Note
        type Page { nodes: [Any!]!, total: Int, below: Int }
        type Query { page: Page @public, list: [Any!]! @public }
      `,
      resolvers: (_filterOf, rowsOf) => ({
        Any: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
        Page: { below: (_source, _args, _context, info) => (rowsOf(info, typeName) ? 1 : 2) },
        Query: {
          page: () => ({ nodes: [{ __typename: 'Memo', id: 3 }], total: 1 }),
          list(_source, _args, _context, info) {
            rowsOf(info, typeName);
            return [{ __typename: 'Memo', id: 3 }];
          },
        },
      }),
    });
  const texts = ['{ page { below } }', '{ list { __typename } }'];

  it.each(texts)(
    'is asked to log in where the resolver asks for rows with a rule: %s',
    async (text) => {
      for (const typeName of [undefined, 'Note']) {
        const { errors, ...rest } = await answerOf(pages(typeName), text, { viewer: anonymous });
        expect(rest).toEqual({});
        expect(errors).toMatchObject([
          { extensions: { code: 'UNAUTHENTICATED', coordinate: 'Note' } },
        ]);
      }
    },
  );

  it.each(texts)('gets the rows of the other types: %s', async (text) => {
    const { errors } = await answerOf(pages('Memo'), text, { viewer: anonymous });
    expect(errors).toBe(undefined);
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
