import { describe, expect, it } from 'vitest';
import { compare, staff } from './list-fixtures.ts';
import { guardValues } from './value-fixtures.ts';

interface Case {
  readonly title: string;
  readonly selected: string;
  /** The last item of the list. */
  readonly last: () => unknown;
}

const usual = () => ({ guarded: 1, name: 'heron', must: 'heron' });
const thenable = (value: unknown) => ({
  // biome-ignore lint/suspicious/noThenProperty: applications return such values.
  then: (onFulfilled: (value: unknown) => unknown) => Promise.resolve(onFulfilled(value)),
});
/** An array that is iterated in its own way. */
const reversed = (values: readonly unknown[]) =>
  Object.assign([...values], { [Symbol.iterator]: () => [...values].reverse().values() });

/** Returns what the last item of a list is where it has `property`. */
const having = (property: Readonly<Record<string, unknown>>) => () => ({ ...usual(), ...property });

/** Asks for the guarded field of each item, which reads the viewer. */
async function complete({ selected, last }: Case, field = 'items') {
  const authorization = guardValues(() => [usual(), usual(), last()]);
  const text = `{ ${field} { guarded ${selected} } }`;
  return await compare(authorization, text, { contextValue: staff() });
}

/** Only properties, whose values fit. */
const plain: readonly Case[] = [
  { title: 'a null', selected: 'name', last: () => null },
  { title: 'an undefined item', selected: 'name', last: () => undefined },
  { title: 'a null property', selected: 'name', last: having({ name: null }) },
  { title: 'an undefined property', selected: 'name', last: having({ name: undefined }) },
  { title: 'an object without properties', selected: 'name', last: () => ({}) },
  { title: 'a null object', selected: 'one { name }', last: having({ one: null }) },
  { title: 'a null list', selected: 'list { name }', last: having({ list: null }) },
  { title: 'lists', selected: 'list { name }', last: having({ list: [usual(), null] }) },
  { title: 'lists of scalars', selected: 'tags', last: having({ tags: ['a', 'b'] }) },
  {
    title: 'lists with a guard',
    selected: 'guardedList { guarded }',
    last: having({ guardedList: [usual()] }),
  },
  {
    title: 'inherited properties',
    selected: 'name must',
    last: () => Object.create({ guarded: 2, name: 'inherited', must: 'inherited' }),
  },
  { title: 'a date', selected: 'any', last: having({ any: new Date(0) }) },
  { title: 'an object as a scalar', selected: 'any', last: having({ any: { a: [1] } }) },
  { title: 'a value of an enum', selected: 'size', last: having({ size: 'LARGE' }) },
  {
    title: 'type names',
    selected: '__typename type: __typename one { __typename }',
    last: having({ one: usual() }),
  },
  {
    title: 'an object of which nothing is selected',
    selected: 'name one',
    last: having({ one: usual() }),
  },
  {
    title: 'selections in parts',
    selected: 'one { name } again: name ... on Item { one { must guarded } }',
    last: having({ one: usual() }),
  },
];

/** Values that are late, wrong or of an own kind. */
const odd: readonly Case[] = [
  { title: 'an error', selected: 'name', last: () => new Error('heron') },
  { title: 'an error as a property', selected: 'any', last: having({ any: new Error('heron') }) },
  {
    title: 'an error as an object',
    selected: 'one { name }',
    last: having({ one: new Error('heron') }),
  },
  { title: 'a promise', selected: 'name', last: () => Promise.resolve(usual()) },
  { title: 'a thenable', selected: 'name', last: () => thenable(usual()) },
  {
    title: 'a promise of a property',
    selected: 'any',
    last: () => ({ any: Promise.resolve('late') }),
  },
  { title: 'a thenable as a property', selected: 'any', last: having({ any: thenable('late') }) },
  {
    title: 'a promise of a list',
    selected: 'list { name }',
    last: () => ({ list: Promise.resolve([usual()]) }),
  },
  {
    title: 'a list with a method `then`',
    selected: 'list { name }',
    last: having({ list: Object.assign([usual()], thenable([])) }),
  },
  { title: 'a method', selected: 'any', last: having({ any: () => 'called' }) },
  {
    title: 'a function as an item',
    selected: 'name length',
    last: () => Object.assign((_one: unknown) => 0, { guarded: 3 }),
  },
  { title: 'a string as an item', selected: 'length', last: () => 'heron' },
  { title: 'a number as an item', selected: 'name', last: () => 1 },
  {
    title: 'a set as a list',
    selected: 'list { name }',
    last: having({ list: new Set([usual()]) }),
  },
  { title: 'no list as a list', selected: 'list { name }', last: having({ list: { length: 1 } }) },
  {
    title: 'a list that is iterated in its own way',
    selected: 'list { name }',
    last: having({ list: reversed([{ name: 'a' }, { name: 'b' }]) }),
  },
  { title: 'a null that is not allowed', selected: 'must', last: having({ must: null }) },
  {
    title: 'a null in a list without nulls',
    selected: 'strictList { name }',
    last: having({ strictList: [usual(), null] }),
  },
  { title: 'an unknown value of an enum', selected: 'size', last: having({ size: 'HUGE' }) },
  { title: 'a scalar of nothing', selected: 'any', last: having({ any: 'nothing' }) },
  { title: 'a scalar that is late', selected: 'any', last: having({ any: 'late' }) },
  { title: 'a scalar that rejects', selected: 'any', last: having({ any: 'late and odd' }) },
  {
    title: 'a list of scalars that are late or throw',
    selected: 'anys must',
    last: having({ anys: ['late', 1, 'odd', 'late and odd', null, 'nothing'] }),
  },
  {
    title: 'a strict list of scalars that are late',
    selected: 'strictAnys',
    last: having({ strictAnys: ['late', 1] }),
  },
  {
    title: 'a strict list of scalars that reject',
    selected: 'strictAnys any',
    last: having({ strictAnys: ['late and odd', 'late', 'late and odd'], any: 'late' }),
  },
  {
    title: 'a strict list of scalars that throw',
    selected: 'strictAnys',
    last: having({ strictAnys: [1, 'odd', 'odd'] }),
  },
  { title: 'a scalar that throws', selected: 'any', last: having({ any: 'odd' }) },
  {
    title: 'a getter that throws',
    selected: 'name',
    last: () => ({
      get name() {
        throw new Error('heron');
      },
    }),
  },
];

/** Fields that are no properties. */
const resolved: readonly Case[] = [
  { title: 'a resolver', selected: 'upper', last: usual },
  { title: 'an argument', selected: 'sized(by: 2)', last: having({ sized: 'big' }) },
  { title: 'a wrong argument', selected: 'sized(by: "two")', last: having({ sized: 'big' }) },
  { title: 'an unknown field', selected: 'unknown', last: usual },
  {
    title: 'an interface',
    selected: 'animal { __typename ... on Cat { name } }',
    last: having({ animal: { name: 'Tom' } }),
  },
  {
    title: 'a union',
    selected: 'pet { __typename ... on Cat { name } }',
    last: having({ pet: { name: 'Tom' } }),
  },
  {
    title: 'a type that checks its values',
    selected: 'checked { name }',
    last: having({ checked: { name: 'not so' } }),
  },
  {
    title: 'a resolver of an inner list',
    selected: 'list { upper }',
    last: having({ list: [usual()] }),
  },
];

describe('a list of a compiled operation', () => {
  it.each(plain)('reads the viewer once for its items with $title', async (each) => {
    const { reads, expectedReads } = await complete(each);
    expect(reads).toBeLessThan(expectedReads);
  });

  it.each([...plain, ...odd, ...resolved])(
    'is answered as by graphql-js with $title',
    async (each) => {
      for (const field of ['items', 'deep', 'strict']) await complete(each, field);
    },
  );

  it.each([
    { title: 'no items', field: 'items { guarded }', value: [] },
    { title: 'null instead', field: 'items { guarded }', value: null },
    { title: 'a string instead', field: 'items { guarded }', value: 'heron' },
    { title: 'scalars', field: 'items { guarded } tags', value: [] },
  ])('reads no viewer where a resolver returns $title', async ({ field, value }) => {
    const contextValue = staff();
    const authorization = guardValues(() => value);
    await compare(authorization, `{ ${field} }`, { contextValue });
    expect(contextValue.reads).toBe(0);
  });

  it('is answered in the order of its own iteration', async () => {
    const authorization = guardValues(() => reversed([usual(), { name: 'last' }]));
    const { data } = await compare(authorization, '{ items { name } }', { contextValue: staff() });
    expect(Object(data?.items)[0]).toEqual({ name: 'last' });
  });

  it('has the items that are added while it is completed', async () => {
    const authorization = guardValues(() => {
      const growing: unknown[] = [usual()];
      const name = () => String(growing.push(usual(), usual()));
      growing.push(Object.defineProperty({ guarded: 1 }, 'name', { get: name }));
      return growing;
    });
    const contextValue = staff();
    const { data } = await compare(authorization, '{ items { guarded name } }', { contextValue });
    expect(data?.items).toHaveLength(4);
    expect(contextValue.reads).toBe(1);
  });

  it('allows nulls as its own field does, where the same selection is of two types', async () => {
    const authorization = guardValues(() => [usual(), null]);
    const { data } = await compare(authorization, '{ shelves { things { name } } }', {
      contextValue: staff(),
    });
    expect(data?.shelves).toEqual([{ things: [{ name: 'heron' }, null] }, { things: null }]);
  });

  it('calls no `catch` of a thenable', async () => {
    let calls = 0;
    const countCatch = () => {
      calls += 1;
    };
    const last = () => Object.assign(thenable(usual()), { catch: countCatch });
    await complete({ title: 'a thenable', selected: 'name', last });
    expect(calls).toBe(0);
  });
});
