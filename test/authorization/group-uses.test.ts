import type { Viewer } from '@graphql-gatehouse/authorization';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, guard, holding, withPolicies } from './fixtures.ts';

const authorization = guard(
  `${withPolicies.replace('ADMIN EDITOR', 'ADMIN @implies(groups: [EDITOR]) EDITOR')}
  directive @implies(groups: [Group!]!) on ENUM_VALUE
  type Query {
    free: Int @public
    open: Int @auth
    edited: Int @auth(requires: [EDITOR])
    either: Int @auth(requires: [EDITOR, USER])
    both: Int @auth(requires: [EDITOR]) @auth(requires: [EDITOR, USER])
    own: Int @auth(requires: [EDITOR], or: [SELF])
    given(a: Int @auth(requires: [EDITOR]), filter: Filter, color: Color): Int @public
    color: Color @public
    item: Item @public
    plain: Plain @public
  }
  input Filter { name: String, secret: Int @auth(requires: [EDITOR]) }
  enum Color { RED, BLACK @auth(requires: [EDITOR]) }
  interface Item { id: Int @auth(requires: [USER]) }
  interface Deep implements Item { id: Int }
  type Plain implements Item { id: Int, inner: Item }
  type Hidden implements Item @auth(requires: [EDITOR]) { id: Int, plain: Plain }`,
  {
    policies: { SELF: () => true, BOSS: () => true },
    resolvers: { Item: { __resolveType: () => 'Plain' } },
  },
);

interface Asked {
  readonly held?: readonly string[];
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly refusedAt?: readonly string[];
}

/** The uses of an operation that ran, as `coordinate group`, those among others with `+`. */
function usesOf(text: string, viewer: Viewer, { held, variables, refusedAt }: Asked = {}) {
  const { groups, uses } = authorization.groupUses({
    document: parse(text),
    variableValues: variables,
    contextValue: { viewer },
    held,
    refusals: refusedAt === undefined ? [] : [{ path: refusedAt }],
  });
  const found = uses.flatMap(({ coordinates, alone, amongOthers }) =>
    coordinates.flatMap((coordinate) => [
      ...alone.map((group) => `${coordinate} ${group}`),
      ...amongOthers.map((group) => `${coordinate} ${group} +`),
    ]),
  );
  expect([...groups].sort()).toEqual(
    [...new Set(found.map((each) => each.split(' ')[1] ?? ''))].sort(),
  );
  return found.sort();
}

const editor = holding('EDITOR');

describe('the use of a group', () => {
  it.each([
    { text: '{ edited }', uses: ['Query.edited EDITOR'] },
    { text: '{ a: edited b: edited }', uses: ['Query.edited EDITOR'] },
    { text: '{ free open }', uses: [] },
    { text: '{ own }', uses: ['Query.own EDITOR'] },
    { text: '{ given(a: 1) }', uses: ['Query.given(a:) EDITOR'] },
    { text: '{ given(filter: { name: "a" }) }', uses: [] },
    { text: '{ given(filter: { secret: 1 }) }', uses: ['Filter.secret EDITOR'] },
    { text: '{ given(color: BLACK) }', uses: ['Color.BLACK EDITOR'] },
    { text: '{ color }', uses: ['Color.BLACK EDITOR'] },
  ])('of $text by an EDITOR is $uses', ({ text, uses }) => {
    expect(usesOf(text, editor)).toEqual(uses);
  });

  it('counts among others where another group of the viewer is enough', () => {
    const viewer = holding('EDITOR', 'USER');
    expect(usesOf('{ either }', viewer)).toEqual(['Query.either EDITOR +', 'Query.either USER +']);
    expect(usesOf('{ both }', viewer)).toEqual(['Query.both EDITOR', 'Query.both USER +']);
  });

  it('is that of the group which the viewer holds, not of one that it implies', () => {
    const viewer = holding('ADMIN', 'EDITOR');
    expect(usesOf('{ edited }', viewer, { held: ['ADMIN'] })).toEqual(['Query.edited ADMIN']);
    expect(usesOf('{ edited }', viewer, { held: ['ADMIN', 'EDITOR'] })).toEqual([
      'Query.edited ADMIN +',
      'Query.edited EDITOR +',
    ]);
  });

  it('is not counted where a policy admits, nor for groups that are withheld', () => {
    expect(usesOf('{ own }', holding('USER'))).toEqual([]);
    const withheld = { groups: new Set(['EDITOR']), factors: 2, mustEnrol: false };
    const viewer: Viewer = { isAuthenticated: true, groups: new Set(['USER']), withheld };
    expect(usesOf('{ own either }', viewer, { held: ['EDITOR', 'USER'] })).toEqual([
      'Query.either USER',
    ]);
    expect(usesOf('{ free }', anonymous)).toEqual([]);
  });

  it('counts input that a variable supplies, and none that it does not', () => {
    const text = 'query ($a: Int, $filter: Filter) { given(a: $a, filter: $filter) }';
    const uses = (variables: Readonly<Record<string, unknown>>) =>
      usesOf(text, editor, { variables });
    expect(uses({})).toEqual([]);
    expect(uses({ a: 1 })).toEqual(['Query.given(a:) EDITOR']);
    expect(uses({ filter: { secret: 1 } })).toEqual(['Filter.secret EDITOR']);
    expect(uses({ filter: { name: 'a' } })).toEqual([]);
  });

  it('counts what @skip and @include leave', () => {
    const text = 'query ($a: Boolean!) { free edited @include(if: $a) }';
    expect(usesOf(text, editor, { variables: { a: false } })).toEqual([]);
    expect(usesOf(text, editor, { variables: { a: true } })).toEqual(['Query.edited EDITOR']);
  });

  it('counts the same field of interfaces and of their types, whichever was selected', () => {
    const user = holding('USER');
    expect(usesOf('{ plain { id } }', user)).toEqual(['Item.id USER', 'Plain.id USER']);
    // The type that is hidden from it asks for EDITOR.
    const withInterface = ['Deep.id USER', 'Item.id USER', 'Plain.id USER'];
    expect(usesOf('{ item { id } }', user)).toEqual(withInterface);
  });

  it('counts a guarded run-time type, and nothing below one that the viewer cannot reach', () => {
    const text = '{ item { ... on Hidden { plain { id } } } }';
    expect(usesOf(text, holding('USER'))).toEqual([]);
    expect(usesOf(text, holding('EDITOR', 'USER'))).toEqual([
      'Hidden EDITOR',
      'Hidden.plain EDITOR',
      'Item.id USER',
      'Plain.id USER',
    ]);
  });

  it('leaves out what was refused leniently, and what is below it', () => {
    const viewer = holding('EDITOR', 'USER');
    const uses = (refusedAt: readonly string[]) =>
      usesOf('{ edited plain { id } }', viewer, { refusedAt });
    expect(uses(['edited'])).toEqual(['Item.id USER', 'Plain.id USER']);
    expect(uses(['plain'])).toEqual(['Query.edited EDITOR']);
  });
});

it('is found by groups alone where an operation is too large for all of its run-time types', () => {
  const fields = Array.from({ length: 4_000 }, (_, index) => `f${index}: id`);
  const text = `{ item { ${fields.join(' ')} } given(a: 1) edited }`;
  expect(usesOf(text, holding('EDITOR', 'USER'))).toEqual([
    'Item.id USER',
    'Query.edited EDITOR',
    'Query.given(a:) EDITOR',
  ]);
});

it('is empty without the operation, and for a group that the viewer does not hold', () => {
  const request = { document: parse('query A { edited }'), contextValue: { viewer: editor } };
  const unused = { groups: [], uses: [] };
  expect(authorization.groupUses({ ...request, operationName: 'B' })).toEqual(unused);
  expect(authorization.groupUses({ ...request, held: ['ADMIN'] })).toEqual(unused);
  expect(authorization.groupUses({ ...request, held: [] })).toEqual(unused);
});

it('is another object for each group that is looked for, and for groups that are withheld', () => {
  const document = parse('{ edited }');
  const find = (viewer: Viewer, held?: readonly string[]) =>
    authorization.groupUses({ document, contextValue: { viewer }, held });
  const both = holding('EDITOR', 'USER');
  const withheld = { groups: new Set(['ADMIN']), factors: 2, mustEnrol: false };
  const lacking: Viewer = { isAuthenticated: true, groups: new Set(['EDITOR']), withheld };
  expect(find(both, ['EDITOR']).groups).toEqual(['EDITOR']);
  expect(find(both, ['USER']).groups).toEqual([]);
  expect(find(lacking)).not.toBe(find(editor));
  expect(find(lacking)).toBe(find(lacking));
});

it('is not kept for all input that clients can send', () => {
  const names = Array.from({ length: 10 }, (_, index) => `a${index}`);
  const fields = names.map((name) => `${name}: given(a: $${name})`);
  const document = parse(
    `query (${names.map((name) => `$${name}: Int`).join(' ')}) { ${fields.join(' ')} }`,
  );
  const find = (count: number) =>
    authorization.groupUses({
      document,
      variableValues: Object.fromEntries(
        names.filter((_, index) => (count >> index) % 2 === 1).map((name) => [name, 1]),
      ),
      contextValue: { viewer: editor },
    });
  const first = find(0);
  for (let count = 1; count < 100; count += 1) find(count);
  const again = find(0);
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});

it('is the same object for equal operations of viewers with equal groups', () => {
  const document = parse('query ($a: Int) { edited given(a: $a) }');
  const find = (viewer: Viewer, variableValues = {}) =>
    authorization.groupUses({ document, variableValues, contextValue: { viewer } });
  const first = find(editor);
  expect(find(holding('EDITOR'))).toBe(first);
  expect(find(holding('EDITOR', 'USER'))).not.toBe(first);
  expect(find(editor, { a: 1 })).not.toBe(first);
  expect(find(editor)).toBe(first);
});
