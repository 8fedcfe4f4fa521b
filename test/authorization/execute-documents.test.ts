import { type ExecutionArgs, execute, GraphQLScalarType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guardCounting, guardLists, staff } from './list-fixtures.ts';

/** The maximum number of variants that are kept of one operation. */
const maxVariants = 8;

type Request = Partial<ExecutionArgs>;

/** How often the viewer is read for the five items of a list: by graphql-js for each of them. */
const reads = { compiled: 1, byGraphqlJs: 5 };

/** Returns a function that executes a document, and returns how often it read the viewer. */
function readingOf(text: string, authorization = guardLists()) {
  const { schema, execute: executeCompiled } = authorization;
  const document = parse(text);
  return async (request: Request = {}) => {
    const contextValue = staff();
    const args = { schema, document, ...request };
    const seen = await executeCompiled({ ...args, contextValue });
    const expected = await execute({ ...args, contextValue: staff() });
    expect(JSON.stringify(seen)).toBe(JSON.stringify(expected));
    return contextValue.reads;
  };
}

/** Values that fail when they are converted to a text or to JSON. */
const valuesWithoutText: readonly unknown[] = [
  { toString: 1, valueOf: 1 },
  [{ toString: 1, valueOf: 1 }],
  Object.create(null),
  Symbol('on'),
  1n,
];

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a document that is executed again', () => {
  it('is compiled from its second execution on', async () => {
    const readsOf = readingOf('{ items { name } }');
    expect(await readsOf()).toBe(reads.byGraphqlJs);
    expect(await readsOf()).toBe(reads.compiled);
    expect(await readsOf()).toBe(reads.compiled);
  });

  it('answers introspection beside data, at the root alone', async () => {
    const readsOf = readingOf(`{
      __typename __schema { queryType { name } types { name } } __type(name: "Query") { fields { name } }
      items { __typename name }
    }`);
    expect(await readsOf()).toBe(reads.byGraphqlJs);
    expect(await readsOf()).toBe(reads.compiled);
    const ofItems = readingOf('{ items { name __schema { queryType { name } } } }');
    expect(await ofItems()).toBe(reads.byGraphqlJs);
    expect(await ofItems()).toBe(reads.compiled);
  });

  it('has each of its queries compiled', async () => {
    const readsOf = readingOf('query A { items { name } } query B { items { b: name id } }');
    expect(await readsOf({ operationName: 'A' })).toBe(reads.byGraphqlJs);
    expect(await readsOf({ operationName: 'B' })).toBe(reads.compiled);
    expect(await readsOf({ operationName: 'A' })).toBe(reads.compiled);
    for (const operationName of [null, '', 'C']) {
      expect(await readsOf({ operationName })).toBe(0);
    }
  });

  it('keeps eight variants of an operation, and leaves all others to graphql-js', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const readsOf = readingOf(`query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
      items { name ${names.map((name) => `${name}: id @include(if: $${name})`).join(' ')} }
    }`);
    const readsOfBits = (bits: number) => {
      const on = names.map((name, index) => [name, ((bits >> index) & 1) === 1]);
      return readsOf({ variableValues: Object.fromEntries(on) });
    };
    await readsOfBits(maxVariants + 1);
    for (const _ of numbers(2)) {
      for (const bits of numbers(maxVariants)) {
        expect(await readsOfBits(bits)).toBe(reads.compiled);
      }
      expect(await readsOfBits(maxVariants)).toBe(reads.byGraphqlJs);
    }
  });

  it('has one variant for all variables that are no conditions', async () => {
    const readsOf = readingOf(`query ($n: Int) {
      items { name @note(if: $n) id @include(if: true, note: $n) }
    }`);
    await readsOf();
    for (const n of numbers(maxVariants + 2)) {
      expect(await readsOf({ variableValues: { n } })).toBe(reads.compiled);
    }
  });

  it.each([
    { title: 'an absent variable', variableValues: {}, expected: reads.compiled },
    { title: 'a default', variableValues: null, expected: reads.compiled },
    { title: 'a variable of another type', variableValues: { on: 1 }, expected: 0 },
    { title: 'null', variableValues: { on: null }, expected: 0 },
    { title: 'undefined', variableValues: { on: undefined }, expected: 0 },
    ...valuesWithoutText.map((on) => ({
      title: `a value of type ${typeof on} that is no boolean`,
      variableValues: { on },
      expected: 0,
    })),
  ])('selects as graphql-js does by $title', async ({ variableValues, expected }) => {
    const readsOf = readingOf(
      'query ($on: Boolean = true) { items { name id @include(if: $on) } }',
    );
    await readsOf({ variableValues: { on: false } });
    await readsOf({ variableValues: { on: false } });
    expect(await readsOf({ variableValues })).toBe(expected);
  });

  it('is left to graphql-js where a condition has another type than Boolean', async () => {
    const readsOf = readingOf('query ($on: String) { items { name id @skip(if: $on) } }');
    await readsOf();
    expect(await readsOf({ variableValues: { on: 'true' } })).toBe(reads.byGraphqlJs);
  });

  it.each([
    { title: 'a mutation', text: 'mutation { items { name } }', request: {} },
    {
      title: 'two operations of one name',
      text: 'query A { items { name } } query A { items { name } }',
      request: { operationName: 'A' },
    },
    {
      title: 'a resolver of the caller',
      text: '{ items { name } }',
      request: { fieldResolver: () => null },
    },
    {
      title: 'a type resolver of the caller',
      text: '{ items { name } }',
      request: { typeResolver: () => 'Item' },
    },
  ])('is left to graphql-js with $title', async ({ text, request }) => {
    const readsOf = readingOf(text);
    await readsOf(request);
    expect(await readsOf(request)).toBe(reads.byGraphqlJs);
  });

  it('is left to graphql-js on another schema', async () => {
    const readsOf = readingOf('{ items { name } }');
    const { schema } = guardLists();
    await readsOf({ schema });
    expect(await readsOf({ schema })).toBe(reads.byGraphqlJs);
    expect(await readsOf()).toBe(reads.byGraphqlJs);
    expect(await readsOf()).toBe(reads.compiled);
  });

  it('throws as graphql-js does for variables that are no object', () => {
    const { schema, execute: executeCompiled } = guardLists();
    const document = parse('{ items { name } }');
    for (const _ of numbers(3)) {
      const request = { schema, document, ...JSON.parse('{ "variableValues": 7 }') };
      expect(() => executeCompiled(request)).toThrow('Variables');
    }
  });

  it('coerces its variables once', async () => {
    let parsed = 0;
    const At = new GraphQLScalarType({
      name: 'At',
      parseValue(value) {
        parsed += 1;
        return value;
      },
    });
    const sdl = `
      directive @auth(requires: [Group!]) on FIELD_DEFINITION
      directive @public on FIELD_DEFINITION
      enum Group { STAFF }
      scalar At
      type Query { at(at: At, on: Boolean): String @public }
    `;
    const authorization = guardCounting(sdl, { At, Query: { at: (_query, { at }) => at } });
    const { schema, execute: executeCompiled } = authorization;
    const document = parse('query ($at: At, $on: Boolean!) { at(at: $at) @include(if: $on) }');
    for (const expected of [1, 2, 3]) {
      const variableValues = { at: 'now', on: true };
      const result = await executeCompiled({
        schema,
        document,
        variableValues,
        contextValue: staff(),
      });
      expect(result).toEqual({ data: { at: 'now' } });
      expect(parsed).toBe(expected);
    }
  });

  it.each([1, 2])('limits the errors of its variables in execution %i', async (times) => {
    const { schema, execute: executeCompiled } = guardLists();
    const document = parse('query ($a: Int, $b: Int, $c: Int) { items { upper(by: $a) } }');
    const variableValues = { a: 'x', b: 'x', c: 'x' };
    const options = { maxCoercionErrors: 1 };
    const request = { schema, document, variableValues, options, contextValue: staff() };
    for (const _ of numbers(times - 1)) await executeCompiled(request);
    expect(JSON.stringify(await executeCompiled(request))).toBe(
      JSON.stringify(await execute(request)),
    );
  });
});
