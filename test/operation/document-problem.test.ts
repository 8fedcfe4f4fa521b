import fc from 'fast-check';
import { buildSchema, NoFragmentCyclesRule, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hasFragmentCycle } from '../../src/operation/read/fragment-cycle.ts';
import { validateDocument } from '../../src/operation/read/validate-document.ts';

const schema = buildSchema('type Query { a: Int } type Subscription { ticks: Int }');
const maxErrors = 3;

const messagesOf = (query: string): readonly string[] =>
  validateDocument(parse(query), { schema, maxErrors }).map(({ message }) => message);
const onlyCyclic = ['Fragments must not form a cycle.'];

describe('a document whose fragments spread one another in a cycle', () => {
  it.each([
    ['one itself', '{ ...A } fragment A on Query { ...A }'],
    ['two', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['deep inside', '{ a } fragment A on Query { a { b { ... { c { ...A } } } } }'],
  ])('is refused: %s', (_what, query) => {
    expect(messagesOf(query)).toEqual(onlyCyclic);
  });

  it('is refused where graphql-js would run out of stack', () => {
    const fragments = Array.from(
      { length: 90 },
      (_, n) => `fragment F${n} on Query{...F${(n + 1) % 90} ...F${(n + 2) % 90}}`,
    );
    const query = `{...F0} ${fragments.join(' ')}`;
    expect(() => validate(schema, parse(query))).toThrow(RangeError);
    expect(messagesOf(query)).toEqual(onlyCyclic);
  });

  it('is distinguished from a long one of any length', () => {
    const chain = Array.from({ length: 12_000 }, (_, n) => `fragment F${n} on Query{...F${n + 1}}`);
    const text = `{...F0} ${chain.join(' ')} fragment F12000 on Query{a}`;
    expect(hasFragmentCycle(parse(text))).toBe(false);
    expect(hasFragmentCycle(parse(text.replace('{a}', '{...F6000}')))).toBe(true);
  });

  it('is what graphql-js takes for one', () => {
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

it('ends the validation of a subscription with a conditional root field, on which graphql-js throws', () => {
  const query = 'subscription ($s: Boolean!) { ticks @skip(if: $s) }';
  expect(() => validate(schema, parse(query))).toThrow();
  expect(messagesOf(query)).toEqual([
    'The root field of a subscription cannot be conditional: remove its @skip and @include.',
  ]);
});

it.each([
  '{ ...A ...A } fragment A on Query { ...B } fragment B on Query { a }',
  'subscription { ticks }',
  '{ fragment: a subscription: a skip: a include: a }',
])('finds nothing to say of %s', (query) => {
  expect(messagesOf(query)).toEqual([]);
});
