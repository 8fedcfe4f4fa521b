import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { toNormalForm } from '../../packages/operations/src/known/normal-form.ts';

const formOf = (text: string) => toNormalForm(parse(text));

describe('the form in which texts are compared', () => {
  it.each([
    ['comments and white space', '{ a b }', '# a\n{a,b # c\n}'],
    ['the short form', '{ a }', 'query { a }'],
    [
      'descriptions',
      'query A($a: Int) { a(n: $a) }',
      '"What" query A("how many" $a: Int) { a(n: $a) }',
    ],
    ['an added __typename', '{ a { b } }', '{ __typename a { __typename b __typename } }'],
    ['repeated __typename', '{ a { __typename } }', '{ a { __typename __typename } }'],
    [
      'the order of fragments',
      '{ ...A ...B } fragment A on T { a } fragment B on T { b }',
      'fragment B on T { b } { ...A ...B } "the first" fragment A on T { a __typename }',
    ],
  ])('leaves out %s', (_what, text, other) => {
    expect(formOf(other)).toBe(formOf(text));
  });

  it.each([
    ['another field', '{ a }', '{ a b }'],
    ['another order of fields', '{ a b }', '{ b a }'],
    ['another name of the operation', 'query A { a }', 'query B { a }'],
    ['an alias of __typename', '{ a }', '{ a kind: __typename }'],
    ['__typename with a directive', '{ a }', '{ a __typename @include(if: true) }'],
    ['__typename with an argument', '{ a }', '{ a __typename(a: 1) }'],
    ['__typename with a selection', '{ a }', '{ a __typename { b } }'],
    ['__typename alone', '{ a }', '{ a { __typename } }'],
    ['a fragment that is not used', '{ a }', '{ a } fragment F on T { a }'],
    ['a second operation', 'query A { a }', 'query A { a } query B { a }'],
    ['another type of a variable', 'query ($a: Int) { a(n: $a) }', 'query ($a: Int!) { a(n: $a) }'],
    ['another value', '{ a(n: 1) }', '{ a(n: 1.0) }'],
  ])('keeps %s', (_what, text, other) => {
    expect(formOf(other)).not.toBe(formOf(text));
  });
});

interface Selected {
  readonly head: string;
  readonly inside?: readonly Selected[] | undefined;
}

const heads = fc.constantFrom('a', 'b', 'x: a', 'a(n: 1)', 'a @skip(if: $s)');
const typename = fc.constant<Selected>({ head: '__typename' });
const { set } = fc.letrec<{ readonly selected: Selected; readonly set: readonly Selected[] }>(
  (tie) => ({
    selected: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      heads.map((head) => ({ head })),
      typename,
      fc.constantFrom<Selected>({ head: '...A' }, { head: '...B' }),
      fc.record({ head: fc.constantFrom('a', '...', '... on T'), inside: tie('set') }),
    ),
    set: fc.array(tie('selected'), { minLength: 1, maxLength: 3 }),
  }),
);

/** An operation and its two fragments. */
const operations = fc.tuple(set, set, set);
type Sets = readonly [readonly Selected[], readonly Selected[], readonly Selected[]];

/** What an operation means, apart from unaliased `__typename`: computed without a parser. */
const meaningOf = (sets: Sets): unknown => sets.map(reduced);
function reduced(selected: readonly Selected[]): readonly unknown[] {
  const left = selected.filter(({ head }) => head !== '__typename');
  if (left.length === 0) return ['__typename'];
  return left.map(({ head, inside }) => [head, inside === undefined ? null : reduced(inside)]);
}

/** Prints an operation in one of many ways. */
function print([main, a, b]: Sets, way: number): string {
  const gap = ['\n', ' , ', ' # }\n'][way % 3];
  const block = (selected: readonly Selected[]): string =>
    `{${gap}${selected
      .map(({ head, inside }) => `${head} ${inside === undefined ? '' : block(inside)}`)
      .join(gap)}${gap}}`;
  const description = way % 2 === 0 ? '' : '"text" ';
  const definitions = [
    `query Q(${description}$s: Boolean!) ${block(main)}`,
    `${description}fragment A on T ${block(a)}`,
    `fragment B on T ${block(b)}`,
  ];
  return (way % 5 > 2 ? definitions.toReversed() : definitions).join('\n');
}

it('is equal for two operations if and only if they mean the same', () => {
  const way = fc.nat({ max: 29 });
  fc.assert(
    fc.property(operations, operations, way, way, (left, right, first, second) => {
      const isSame = JSON.stringify(meaningOf(left)) === JSON.stringify(meaningOf(right));
      expect(formOf(print(left, first)) === formOf(print(right, second))).toBe(isSame);
      expect(formOf(print(left, first))).toBe(formOf(print(left, second)));
    }),
    { numRuns: 500 },
  );
});

it('is equal after __typename was added anywhere', () => {
  const added = (selected: readonly Selected[], at: number): readonly Selected[] =>
    selected
      .map(({ head, inside }): Selected => ({ head, inside: inside && added(inside, at + 1) }))
      .toSpliced(at % (selected.length + 1), 0, { head: '__typename' });
  fc.assert(
    fc.property(operations, fc.nat(), ([main, a, b], at) => {
      const more: Sets = [added(main, at), added(a, at + 1), added(b, at)];
      expect(formOf(print(more, 0))).toBe(formOf(print([main, a, b], 0)));
    }),
  );
});
