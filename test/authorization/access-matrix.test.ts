import { createAccessMatrix, toJson, toMarkdown } from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard, withPolicies } from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };

function matrixOf(sdl: string, groups?: readonly string[]) {
  const { source, requirements } = guard(`${withPolicies} ${sdl}`, { policies });
  return createAccessMatrix(source, requirements, groups);
}

/** The cells of one coordinate by column. */
function accessAt(coordinate: string, sdl: string) {
  const { columns, rows } = matrixOf(sdl);
  const row = rows.find((each) => each.coordinate === coordinate);
  return row && Object.fromEntries(columns.map((column, index) => [column, row.cells[index]]));
}

const all = (access: string) => ({
  anonymous: access,
  authenticated: access,
  ADMIN: access,
  EDITOR: access,
  USER: access,
});
const self = { policies: [['SELF']] };
const loggedIn = { ...all('allowed'), anonymous: 'denied' };
const adminOnly = { ...all('denied'), ADMIN: 'allowed' };

describe('an access matrix', () => {
  it.each([
    { at: 'Query.a', is: 'a public field', access: all('allowed'), sdl: 'a: Int @public' },
    { at: 'Query.a', is: 'a field for all who log in', access: loggedIn, sdl: 'a: Int @auth' },
    {
      at: 'Query.a',
      is: 'a field for a group',
      access: adminOnly,
      sdl: 'a: Int @auth(requires: [ADMIN])',
    },
    {
      at: 'Query.a',
      is: 'a field for a group or by a policy',
      access: { ...all('denied'), ADMIN: 'allowed', authenticated: self, EDITOR: self, USER: self },
      sdl: 'a: Int @auth(requires: [ADMIN], or: [SELF])',
    },
    {
      at: 'Query.a',
      is: 'a field that no single group opens',
      access: all('denied'),
      sdl: 'a: Int @auth(requires: [ADMIN]) @auth(requires: [EDITOR])',
    },
    {
      at: 'Query.a(x:)',
      is: 'an argument',
      access: adminOnly,
      sdl: 'a(x: Int @auth(requires: [ADMIN])): Int @public',
    },
    {
      at: 'Query.a(x:)',
      is: 'an argument without a guard',
      access: all('as its parent'),
      sdl: 'a(x: Int): Int @auth',
    },
    {
      at: 'T',
      is: 'a type',
      access: adminOnly,
      sdl: 'a: T @public } type T @auth(requires: [ADMIN]) { n: Int',
    },
    {
      at: 'T',
      is: 'a type without a guard, which needs no row',
      access: undefined,
      sdl: 'a: T @public } type T { n: Int',
    },
    {
      at: 'T.n',
      is: "a field by its type's guard",
      access: adminOnly,
      sdl: 'a: T @public } type T @auth(requires: [ADMIN]) { n: Int',
    },
    {
      at: 'In.n',
      is: 'an input field',
      access: adminOnly,
      sdl: 'a(x: In): Int @public } input In { n: Int @auth(requires: [ADMIN])',
    },
    {
      at: 'E.N',
      is: 'an enum value',
      access: adminOnly,
      sdl: 'a: E @public } enum E { N @auth(requires: [ADMIN])',
    },
    {
      at: 'S',
      is: 'a scalar',
      access: adminOnly,
      sdl: 'a: S @public } scalar S @auth(requires: [ADMIN]) type X { n: Int',
    },
    {
      at: 'Lost.n',
      is: 'what no operation touches, which has no row',
      access: undefined,
      sdl: 'a: Int @public } type Lost { n: Int',
    },
    {
      at: '__Type.name',
      is: 'introspection, which has no row',
      access: undefined,
      sdl: 'a: Int @public',
    },
  ])('shows $is', ({ at, sdl, access }) => {
    expect(accessAt(at, `type Query { ${sdl} }`)).toEqual(access);
  });

  it('has the values of enums last, apart from what operations select', () => {
    const { rows } = matrixOf(
      'enum E { N @auth M } type Query { a(x: E): T @public } type T { n: Int }',
    );
    expect(rows.map(({ coordinate }) => coordinate)).toEqual([
      'Query.a',
      'Query.a(x:)',
      'T.n',
      'E.N',
      'E.M',
    ]);
    const headings = toMarkdown({ columns: [], rows }).match(/^## .*/gm);
    expect(headings).toEqual(['## Query', '## T', '## Values of E']);
  });

  it('has the columns that are asked for', () => {
    const { columns, rows } = matrixOf('type Query { a: Int @auth }', ['USER']);
    expect(columns).toEqual(['anonymous', 'authenticated', 'USER']);
    expect(rows[0]?.cells).toEqual(['denied', 'allowed', 'allowed']);
  });

  it('is the same for a schema whose groups have internal values', () => {
    const sdl = `${groupsOnly} type Query { a: Int @auth(requires: [ADMIN]) }`;
    const plain = guard(sdl);
    const valued = guard(sdl, { resolvers: { Group: { ADMIN: 1, EDITOR: 2, USER: 3 } } });
    expect(createAccessMatrix(valued.source, valued.requirements)).toEqual(
      createAccessMatrix(plain.source, plain.requirements),
    );
  });
});

describe('an access matrix in print', () => {
  const matrix = matrixOf(
    `type Query {
       a(x: T): Int @public
       b: R @auth(requires: [ADMIN], or: [SELF, BOSS]) @auth(or: [SELF])
     }
     input T { n: Int @auth }
     type R { m: Int }`,
    ['ADMIN'],
  );

  it('is a table for each type, in Markdown', () => {
    const text = toMarkdown(matrix);
    expect(text.slice(text.indexOf('## '))).toBe(`## Query

| coordinate | requirement | anonymous | authenticated | ADMIN |
| --- | --- | --- | --- | --- |
| \`Query.a\` | public | yes | yes | yes |
| \`Query.a(x:)\` | as its parent | | | |
| \`Query.b\` | \`@auth(requires: [ADMIN], or: [SELF, BOSS]) @auth(or: [SELF])\` | no | \`(SELF or BOSS) and SELF\` | \`SELF\` |

## T

| coordinate | requirement | anonymous | authenticated | ADMIN |
| --- | --- | --- | --- | --- |
| \`T.n\` | \`@auth\` | no | yes | yes |

## R

| coordinate | requirement | anonymous | authenticated | ADMIN |
| --- | --- | --- | --- | --- |
| \`R.m\` | as its parent | | | |
`);
  });

  it('is an object for each coordinate, in JSON', () => {
    const { columns, coordinates } = JSON.parse(toJson(matrix));
    expect(columns).toEqual(['anonymous', 'authenticated', 'ADMIN']);
    expect(coordinates[2]).toEqual({
      coordinate: 'Query.b',
      requirement: '@auth(requires: [ADMIN], or: [SELF, BOSS]) @auth(or: [SELF])',
      access: {
        anonymous: 'denied',
        authenticated: { policies: [['SELF', 'BOSS'], ['SELF']] },
        ADMIN: { policies: [['SELF']] },
      },
    });
  });
});
