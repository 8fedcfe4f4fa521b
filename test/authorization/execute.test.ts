import { setImmediate } from 'node:timers/promises';
import type { Viewer } from '@graphql-gatehouse/authorization';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, holding } from './fixtures.ts';
import { answer, asked, type Context, contextOf, guardLists, staff } from './list-fixtures.ts';
import { withoutUnhandledRejections } from './property-run.ts';

interface Operation {
  readonly title: string;
  readonly text: string;
  readonly variableValues?: Readonly<Record<string, unknown>>;
}

const operations: readonly Operation[] = [
  { title: 'a mutation', text: 'mutation { items { id name nested { id } } }' },
  { title: 'fields twice', text: '{ items { id nested { id } } items { nested { name } id } }' },
  {
    title: 'an alias that is special in JavaScript',
    text: '{ items { __proto__: id constructor: name } }',
  },
  { title: 'its type name', text: '{ items { __typename nested { __typename } } }' },
  { title: 'an argument', text: '{ items { id upper nested { upper(by: 2) } } }' },
  { title: 'a policy', text: '{ items { id own } }' },
  { title: 'an unknown field', text: '{ items { id unknown } }' },
  { title: 'an object without selections', text: '{ items { id nested } }' },
  {
    title: 'a null that spreads over a list',
    text: '{ items { id } broken { nodes { id } total } }',
  },
  {
    title: 'a null condition',
    text: 'query ($on: Boolean = true) { items { id @include(if: $on) } }',
    variableValues: { on: null },
  },
  {
    title: 'a condition',
    text: 'query ($on: Boolean!) { items { id ... @skip(if: $on) { name } } }',
    variableValues: { on: true },
  },
  {
    title: 'fragments',
    text: '{ items { ...A ...A } } fragment A on Item { id nested { ...B } } fragment B on Item { name }',
  },
];

describe('an operation with lists', () => {
  it('checks the guards of a list once for all of its items', async () => {
    const contextValue = staff();
    const { data, errors } = await answer(guardLists(), asked, { contextValue });
    expect(errors).toBeUndefined();
    expect(data?.items).toHaveLength(5);
    expect(contextValue.reads).toBe(3);
  });

  it('is executed by graphql-js if it selects no list', async () => {
    const { data } = await answer(guardLists(), '{ page { total } }', { contextValue: staff() });
    expect(data).toEqual({ page: { total: 5 } });
  });

  it('of another schema is executed by graphql-js', async () => {
    const { execute: executeLists } = guardLists();
    const schema = buildSchema('type Query { items: [Int!] }');
    const args = { schema, document: parse('{ items }'), contextValue: staff() };
    expect(await executeLists({ ...args, rootValue: { items: [1, 2] } })).toEqual({
      data: { items: [1, 2] },
    });
  });

  it.each([
    { title: 'anonymous', viewer: anonymous },
    { title: 'of another group', viewer: holding('OTHER') },
  ])('refuses each guarded field to a viewer who is $title', async ({ viewer }) => {
    const { errors } = await answer(guardLists(), asked, { contextValue: contextOf(viewer) });
    expect(errors).toHaveLength(15);
  });

  it('decides for each viewer of the same document', async () => {
    const { schema, execute: executeLists } = guardLists();
    const document = parse(asked);
    const run = (viewer: Viewer) =>
      executeLists({ schema, document, contextValue: contextOf(viewer) });
    const [first, second, third] = [holding('STAFF'), anonymous, holding('STAFF')];
    const results = await Promise.all([run(first), run(second), run(third)]);
    expect(results.map(({ errors = [] }) => errors.length)).toEqual([0, 15, 0]);
  });

  it.each(operations)(
    'answers as graphql-js does with $title',
    async ({ text, variableValues = {} }) => {
      await answer(guardLists(), text, { contextValue: staff(), variableValues });
      await answer(guardLists(), text, { contextValue: contextOf(anonymous), variableValues });
    },
  );

  it.each([
    ['an error', () => [{ id: 1 }, new Error('heron')]],
    ['null', () => [{ id: 1 }, null]],
    ['no id', () => [{ id: 1 }, { name: 'a' }]],
    ['a promise', () => [{ id: 1 }, Promise.resolve({ id: 2 })]],
    [
      'a method',
      () => [{ id: 1 }, { id: (_args: unknown, { viewer }: Context) => viewer.isAuthenticated }],
    ],
    [
      'a value of another type',
      () => [
        { id: 1, name: 'a' },
        { id: {}, name: {} },
      ],
    ],
    ['a set', () => new Set([{ id: 1 }])],
    ['no list', () => 'heron'],
    ['nothing', () => null],
    ['no items', () => []],
  ])('answers as graphql-js does where a resolver returns %s', async (_title, items) => {
    await answer(guardLists(items), asked, { contextValue: staff() });
  });

  it('has each combination of conditions of its own', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `$c${index}`);
    const declared = names.map((name) => `${name}: Boolean!`).join(' ');
    const fields = names.map((name, index) => `k${index}: id @include(if: ${name})`).join(' ');
    const document = parse(`query (${declared}) { items { __typename ${fields} } }`);
    const { schema, execute: executeLists } = guardLists();
    for (let bits = 0; bits < 32; bits += 1) {
      const on = names.map((_, index) => [`c${index}`, ((bits >> index) & 1) === 1] as const);
      const variableValues = Object.fromEntries(on);
      const contextValue = staff();
      const { data } = await executeLists({ schema, document, variableValues, contextValue });
      const keys = on.flatMap(([name, isOn]) => (isOn ? [name.replace('c', 'k')] : []));
      expect(Object.keys(Object(data?.items)[0])).toEqual(['__typename', ...keys]);
    }
  });

  it('handles the rejection of a promise that a property makes for each reader', () =>
    withoutUnhandledRejections(async () => {
      const item = {
        get id() {
          return Promise.reject(new Error('heron'));
        },
      };
      const { errors } = await answer(
        guardLists(() => [item]),
        '{ items { id } }',
        {
          contextValue: staff(),
        },
      );
      expect(errors).toHaveLength(1);
      await setImmediate();
    }));
});
