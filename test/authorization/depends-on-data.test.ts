import type { Viewer } from '@graphql-gatehouse/authorization';
import { execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { anonymous, guard, holding, withPolicies } from './fixtures.ts';

/** The decision that the resolver of `list` gets for one operation. */
async function decided(
  source: string,
  viewer: Viewer,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  const authorization = guard(
    `${withPolicies}
    type Query {
      list: [Item] @public
      own: [Item] @auth(requires: [ADMIN], rows: [SELF])
      root: Int @auth(or: [SELF])
    }
    interface Item { id: Int }
    type Plain implements Item { id: Int secret: Int @auth(requires: [ADMIN], or: [SELF]) inner: [Plain] }
    type Guarded implements Item { id: Int @auth(requires: [EDITOR], or: [BOSS]) }`,
    {
      policies: {
        SELF: { reads: [], admits: () => true, where: () => ({ id: 1 }) },
        BOSS: () => true,
      },
      resolvers: {
        Item: { __resolveType: () => 'Plain' },
        Query: {
          list: (_source, _args, context, info) => {
            answers.push(authorization.dependsOnData(info, context));
            return [];
          },
          own: (_source, _args, _context, info) => (authorization.rowsOf(info) ? [] : null),
        },
      },
    },
  );
  await execute({
    schema: authorization.schema,
    document: parse(source),
    contextValue: { viewer },
    variableValues,
  });
  return answers;
}

const both = holding('ADMIN', 'EDITOR');

it.each([
  { what: 'a field that a policy guards', source: '{ list { ... on Plain { secret } } }' },
  { what: 'a narrowed list beside it', source: '{ list { __typename } own { id } }' },
  { what: 'a policy of a root field', source: '{ list { __typename } root }' },
  {
    what: 'a policy in a fragment',
    source: '{ list { ...F } } fragment F on Plain { inner { secret } }',
  },
])('data decides an operation with $what, unless groups admit the viewer', async ({ source }) => {
  expect(await decided(source, holding('EDITOR'))).toEqual([true]);
});

it('data decides when a policy guards the field of a type that the list may have', async () => {
  expect(await decided('{ list { id } }', holding('ADMIN'))).toEqual([true]);
});

it('groups alone decide what they admit the viewer to', async () => {
  const source = '{ list { id ... on Plain { secret } } own { id } }';
  expect(await decided(source, both)).toEqual([false]);
});

it('groups alone decide what an anonymous viewer gets', async () => {
  expect(await decided('{ list { id } }', anonymous)).toEqual([false]);
});

it('a field that variables exclude decides nothing', async () => {
  const source = `query ($on: Boolean!) {
    list { ... on Plain { inner { id } secret @include(if: $on) } }
  }`;
  expect(await decided(source, holding('EDITOR'), { on: false })).toEqual([false]);
  expect(await decided(source, holding('EDITOR'), { on: true })).toEqual([true]);
});

it('every list of an operation gets the same decision', async () => {
  const source = '{ list { ... on Plain { secret } } other: list { ... on Plain { id } } }';
  expect(await decided(source, holding('EDITOR'))).toEqual([true, true]);
});
