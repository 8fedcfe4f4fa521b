import fc from 'fast-check';
import { buildSchema, NoFragmentCyclesRule, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hasFragmentCycle } from '../../../src/admission/fragment-cycle.ts';
import { createDocumentCheck } from '../../../src/server/limits/document-check.ts';

const check = createDocumentCheck({ maxTokens: 1_000 });
const cyclic = { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };

describe('a document whose fragments spread one another in a cycle', () => {
  it.each([
    ['one itself', '{ ...A } fragment A on Query { ...A }'],
    ['two', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['deep inside', '{ a } fragment A on Query { a { b { ... { c { ...A } } } } }'],
  ])('is refused: %s', (_what, query) => {
    expect(check(query)).toMatchObject(cyclic);
    expect(check(query)).toMatchObject(cyclic);
  });

  it('is refused where graphql-js would run out of stack', () => {
    const fragments = Array.from(
      { length: 90 },
      (_, n) => `fragment F${n} on Query{...F${(n + 1) % 90} ...F${(n + 2) % 90}}`,
    );
    const query = `{...F0} ${fragments.join(' ')}`;
    const schema = buildSchema('type Query { a: Int }');
    expect(() => validate(schema, parse(query))).toThrow(RangeError);
    expect(check(query)).toMatchObject(cyclic);
  });

  it('is told from one that is long, however long it is', () => {
    const chain = Array.from({ length: 12_000 }, (_, n) => `fragment F${n} on Query{...F${n + 1}}`);
    const text = `{...F0} ${chain.join(' ')} fragment F12000 on Query{a}`;
    expect(hasFragmentCycle(parse(text))).toBe(false);
    expect(hasFragmentCycle(parse(text.replace('{a}', '{...F6000}')))).toBe(true);
  });

  it('is what graphql-js takes for one', () => {
    const schema = buildSchema('type Query { a: Int }');
    const name = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const fragment = fc.array(name, { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fragment, { minLength: 1, maxLength: 5 }), (spreads) => {
        const text = spreads.map((names, n) => {
          const inside = names.map((each) => `...${each}`).join(' ');
          return `fragment ${'ABCDE'[n]} on Query { a ${inside} }`;
        });
        const document = parse(`{ ...A } ${text.join(' ')}`);
        const errors = validate(schema, document, [NoFragmentCyclesRule]);
        expect(hasFragmentCycle(document)).toBe(errors.length > 0);
      }),
    );
  });
});

it.each([
  '{ ...A ...A } fragment A on Query { ...B } fragment B on Query { a }',
  'subscription { ticks } fragment skip on Query { include }',
  'fragment { no document',
  '{ me { fragment subscription skip include } }',
])('finds nothing to say of %s', (query) => {
  expect(check(query)).toBeUndefined();
  expect(check(query)).toBeUndefined();
});

it.each([[undefined], [null], [17], [{}], [['fragment']]])('leaves %j to others', (query) => {
  expect(check(query)).toBeUndefined();
});
