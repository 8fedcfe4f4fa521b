import { type ExecutionArgs, execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guardLists, staff } from './list-fixtures.ts';

/** The maximum number of completions that are kept. */
const maxVariants = 8;

type Request = Partial<ExecutionArgs>;

/** Returns a function that executes a document, and returns how often it read the viewer. */
function readingOf(text: string) {
  const { schema, execute: executeLists } = guardLists();
  const document = parse(text);
  return async (request: Request) => {
    const contextValue = staff();
    const seen = await executeLists({ schema, document, ...request, contextValue });
    const expected = await execute({ schema, document, ...request, contextValue: staff() });
    expect(JSON.stringify(seen)).toBe(JSON.stringify(expected));
    expect(seen.errors).toBeUndefined();
    return contextValue.reads;
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a document that is executed again', () => {
  it('keeps eight completions of one field, for whatever else is selected beside it', async () => {
    const operations = numbers(maxVariants).map(
      (index) => `query beside${index} { page { ...Shared nodes { k${index}: name } } }`,
    );
    const readsOf = readingOf(`
      query alone { page { ...Shared } }
      ${operations.join('\n')}
      fragment Shared on Page { nodes { name } }
    `);
    const [last = '', ...others] = numbers(maxVariants)
      .map((index) => `beside${index}`)
      .reverse();
    for (const _ of numbers(maxVariants + 2))
      expect(await readsOf({ operationName: 'alone' })).toBe(1);
    for (const operationName of others) expect(await readsOf({ operationName })).toBe(1);
    expect(await readsOf({ operationName: last })).toBe(10);
    for (const operationName of [...others, 'alone']) {
      expect(await readsOf({ operationName })).toBe(1);
    }
    expect(await readsOf({ operationName: last })).toBe(10);
  });

  it('keeps the completions of eight combinations of conditions', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const readsOf = readingOf(`query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
      items { name ${names.map((name) => `${name}: id @include(if: $${name})`).join(' ')} }
    }`);
    const readsOfBits = (bits: number) => {
      const on = names.map((name, index) => [name, ((bits >> index) & 1) === 1]);
      return readsOf({ variableValues: Object.fromEntries(on) });
    };
    for (const bits of numbers(maxVariants)) expect(await readsOfBits(bits)).toBe(1);
    expect(await readsOfBits(maxVariants)).toBe(5);
    for (const bits of numbers(maxVariants)) expect(await readsOfBits(bits)).toBe(1);
    expect(await readsOfBits(maxVariants)).toBe(5);
  });

  it('keeps one completion for all variables that are no conditions', async () => {
    const readsOf = readingOf(`query ($n: Int) {
      items { name @note(if: $n) id @include(if: true, note: $n) }
    }`);
    for (const n of numbers(maxVariants + 2)) {
      expect(await readsOf({ variableValues: { n } })).toBe(1);
    }
  });
});
