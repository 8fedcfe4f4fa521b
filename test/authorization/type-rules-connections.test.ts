import { type GraphQLResolveInfo, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerOf } from './every-execution.ts';
import { anonymous } from './fixtures.ts';
import { named } from './rows-world.ts';
import { ada, admin, asAda, internalError, other, own, typeName, world } from './rule-attacks.ts';

const sdl = `
  interface Owned { id: ID }
  type Note implements Owned @auth(requires: [ADMIN], rows: [SELF]) { id: ID }
  type Memo { id: ID, notes: Notes, first: Note, must: Note! }
  type Edge { cursor: String, node: Note! }
  interface Counted { total: Int }
  type Notes implements Counted { edges: [Edge!], nodes: [Note!], total: Int, later: [Note!] }
  type Pages implements Counted { nodes: [Note!], total: Int }
  type Refused { message: String, first: Note }
  union Either = Notes | Pages
  union Result = Notes | Refused
  type Query {
    list: [Notes!]! @auth
    nested: [[Notes]]! @auth
    either: Either @auth
    counted: Counted @auth
    result: Result @auth
    results: [Result!]! @auth
    shared: [Notes!]! @public
    mixed: Result @public
  }
`;

interface Answer {
  readonly asks?: boolean;
  readonly value: unknown;
}

/** A world in which every field returns one value. */
const pages = ({ asks = true, value }: Answer) =>
  world({
    sdl,
    resolvers: (filterOf) => {
      const page = (_source: unknown, _args: unknown, _context: unknown, info: never) => {
        if (asks) filterOf(info);
        return value;
      };
      const typed = { __resolveType: ({ kind }: { kind: string }) => kind };
      const fields = [
        'list',
        'nested',
        'either',
        'counted',
        'result',
        'results',
        'shared',
        'mixed',
      ];
      return {
        Owned: { __resolveType: () => 'Note' },
        Counted: typed,
        Either: typed,
        Result: typed,
        Query: Object.fromEntries(fields.map((name) => [name, page])),
      };
    },
  });

const page = (...rows: readonly object[]) => ({
  kind: 'Notes',
  total: rows.length,
  nodes: rows,
  edges: rows.map((node) => ({ node, cursor: 'c' })),
});

const ways = [
  { field: 'list', of: (value: unknown) => [page(), value], inside: '... on Notes' },
  { field: 'nested', of: (value: unknown) => [[page()], [null, value]], inside: '... on Notes' },
  { field: 'either', of: (value: unknown) => value, inside: '... on Notes' },
  { field: 'counted', of: (value: unknown) => value, inside: '... on Notes' },
  { field: 'result', of: (value: unknown) => value, inside: '... on Notes' },
  { field: 'results', of: (value: unknown) => [value], inside: '... on Notes' },
] as const;

describe.each(ways)('connections that a field returns as $field', ({ field, of, inside }) => {
  const total = `{ ${field} { ${inside} { total } } }`;
  const rows = `{ ${field} { ${inside} { total edges { cursor node { id } } nodes { id } } } }`;

  it('are read with the filter', async () => {
    expect(await asAda(pages({ value: of(page(own)) }), rows)).toMatchObject({
      data: { [field]: expect.anything() },
    });
    expect(await asAda(pages({ asks: false, value: of(page(own)) }), total)).toMatchObject({
      errors: [internalError],
    });
  });

  it('deliver nothing where one of their rows is hidden', async () => {
    for (const text of [total, rows]) {
      const answer = await asAda(pages({ value: of(page(own, other)) }), text);
      expect(answer).toMatchObject({ errors: [internalError] });
      expect(JSON.stringify(answer)).not.toContain('total');
    }
  });

  it('refuse a query whose late rows are hidden', async () => {
    const value = of({ ...page(own), later: () => [other] });
    const answer = await asAda(
      pages({ value }),
      `{ ${field} { ${inside} { total later { id } } } }`,
    );
    expect(answer).toEqual({ errors: [internalError] });
  });

  it('are whole for who is in one of the groups', async () => {
    const answer = await answerOf(pages({ asks: false, value: of(page(own, other)) }), rows, {
      viewer: admin,
    });
    expect(answer).not.toHaveProperty('errors');
    expect(JSON.stringify(answer)).toContain('"id":"2"');
  });

  it('are decided as narrowed, and not as refused by a hidden row', async () => {
    const { authorization } = pages({ value: null })();
    const request = { document: parse(rows), contextValue: { viewer: ada } };
    expect(await authorization.decideOperation(request)).toMatchObject({
      decision: { narrowed: expect.arrayContaining([`Query.${field}`]), depends: [] },
    });
  });
});

describe('a value beside connections in a union', () => {
  const refused = (first: object) => ({ kind: 'Refused', message: 'no', first });

  it('is delivered without the filter, and its own rows are hidden as elsewhere', async () => {
    const text = '{ result { ... on Refused { message first { id } } } }';
    expect(await asAda(pages({ asks: false, value: refused(own) }), text)).toEqual({
      data: { result: { message: 'no', first: { id: '1' } } },
    });
    expect(await asAda(pages({ asks: false, value: refused(other) }), text)).toEqual({
      data: { result: { message: 'no', first: null } },
    });
  });

  it('is delivered to anonymous viewers, who have to log in for connections', async () => {
    const asked = { viewer: anonymous };
    const message = '{ mixed { ... on Refused { message } } }';
    const value = { kind: 'Refused', message: 'no' };
    expect(await answerOf(pages({ asks: false, value }), message, asked)).toEqual({
      data: { mixed: { message: 'no' } },
    });
    const { errors } = await answerOf(pages({ value: [] }), '{ shared { total } }', asked);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

/** Ways to a type of rows that the viewer's groups refuse: at the interface, the run-time type or the union. */
const refusing = [
  { at: 'interface', guards: { Thing: '@auth(requires: [ADMIN])', Note: '', Any: '' } },
  { at: 'run-time type', guards: { Thing: '', Note: '@auth(requires: [ADMIN])', Any: '' } },
  { at: 'union', guards: { Thing: '', Note: '', Any: '@auth(requires: [ADMIN])' } },
] as const;

describe.each(refusing)('rows that groups refuse at the $at', ({ guards }) => {
  const sdlOf = (node: string) => `
    interface Thing ${guards.Thing} { id: ID }
    type Note implements Thing ${guards.Note} @auth(rows: [SELF]) { id: ID }
    type Other implements Thing { id: ID }
    union Any ${guards.Any} = Note | Other
    type Edge { cursor: String, node: ${node} }
    type Things { total: Int, edges: [Edge!], nodes: [${node}!] }
    type Query { one: Things @auth, list: [Things!] @auth, keep: Any @auth, thing: Thing @auth }
  `;

  it.each(['Thing', 'Any'])('do not uncover the total of a connection of %s', async (node) => {
    for (const naming of [typeName, async (row: never) => typeName(row)]) {
      for (const rows of [[own], [own, other], [other]]) {
        const create = world({
          sdl: sdlOf(node),
          resolvers: (_filterOf, rowsOf) => {
            const readBy = (info: GraphQLResolveInfo) => {
              for (const name of ['Note', 'Other']) rowsOf(info, name);
              return page(...rows);
            };
            const one = (_source: unknown, _args: unknown, _context: unknown, info: never) =>
              readBy(info);
            const list = (_source: unknown, _args: unknown, _context: unknown, info: never) => [
              readBy(info),
            ];
            return {
              Thing: { __resolveType: naming },
              Any: { __resolveType: naming },
              Query: { one, list },
            };
          },
        });
        for (const field of ['one', 'list']) {
          const text = `{ ${field} { total edges { cursor } } }`;
          const forAda = await asAda(create, text);
          const forAdmin = await answerOf(create, text, { viewer: named('ada', 'ADMIN') });
          expect(forAda).toEqual(forAdmin);
          if (rows.includes(other)) expect(forAda).toMatchObject({ errors: [internalError] });
          else expect(forAda).not.toHaveProperty('errors');
        }
      }
    }
  });
});
