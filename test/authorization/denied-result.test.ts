import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxListedDenials } from '../../packages/authorization/src/enforcement/calls/max-listed-denials.ts';
import {
  hasData,
  isDenial,
  type ListedError,
  limitDenials,
  toDeniedResult,
  toLenientResult,
} from '../../packages/authorization/src/enforcement/operation/denied-result.ts';

type Path = readonly (string | number)[];

interface TestError extends ListedError {
  readonly message?: string;
}

const denial = (
  path: Path,
  [line, column]: readonly [number, number] = [1, 1],
  coordinate = 'Item.a',
): TestError => ({
  path,
  locations: [{ line, column }],
  extensions: { code: 'FORBIDDEN', coordinate },
});
const failure: TestError = { path: ['broken'], message: 'broken' };
const pathsOf = (errors: readonly ListedError[] = []) =>
  errors.map(({ path }) => (path ?? []).join('.'));

describe('what is a denial', () => {
  it.each([
    { extensions: { code: 'FORBIDDEN', coordinate: 'Query.a' }, is: true },
    { extensions: { code: 'UNAUTHENTICATED', coordinate: 'Query.a' }, is: true },
    { extensions: { code: 'FORBIDDEN' }, is: false },
    { extensions: { code: 'UNAUTHENTICATED', reason: 'BAD_CREDENTIALS' }, is: false },
    { extensions: { code: 'NOT_FOUND', coordinate: 'Query.a' }, is: true },
    { extensions: { code: 'NOT_FOUND' }, is: false },
    { extensions: { code: 'FORBIDDEN', coordinate: 7 }, is: false },
    { extensions: {}, is: false },
    { extensions: undefined, is: false },
  ])('$extensions: $is', ({ extensions, is }) => {
    expect(isDenial({ extensions })).toBe(is);
  });
});

describe('the errors of an answer that keeps its data', () => {
  it('are twenty denials at most, in document order, and all others', () => {
    const denials = Array.from({ length: 30 }, (_, at) => denial(['items', 29 - at, 'a']));
    expect(pathsOf(limitDenials([...denials, failure, failure]))).toEqual([
      ...Array.from({ length: maxListedDenials }, (_, at) => `items.${at}.a`),
      'broken',
      'broken',
    ]);
  });

  it('are none where there are none', () => {
    expect(limitDenials([])).toEqual([]);
  });
});

describe('what data there is', () => {
  it.each([
    { data: undefined, has: false },
    { data: null, has: false },
    { data: {}, has: false },
    { data: { a: null, b: null }, has: false },
    { data: { a: null, b: 0 }, has: true },
    { data: { a: false }, has: true },
    { data: { a: '' }, has: true },
    { data: { a: [] }, has: true },
    { data: { a: { b: null } }, has: true },
  ])('in $data: $has', ({ data, has }) => {
    expect(hasData(data)).toBe(has);
  });
});

describe('a query denied while it ran', () => {
  it.each([
    { title: 'no errors', errors: undefined },
    { title: 'an empty list', errors: [] },
    { title: 'another error', errors: [failure] },
  ])('is not a denied result with $title', ({ errors }) => {
    expect(toDeniedResult({ ...(errors && { errors }), data: { a: 1 } })).toBeUndefined();
  });

  it('gives its denials, and neither its data nor its other errors', () => {
    const one = denial(['a']);
    expect(toDeniedResult({ errors: [failure, one], data: { b: 1 } })).toEqual({
      errors: [one],
    });
  });

  it('lists them by their place in the document', () => {
    const errors = [
      denial(['d'], [3, 1]),
      denial(['c'], [2, 9]),
      denial(['b'], [2, 3]),
      denial(['a'], [1, 80]),
    ];
    expect(pathsOf(toDeniedResult({ errors })?.errors)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lists those of one field by their list indices, as numbers, at any depth', () => {
    const errors = [
      denial(['items', 10, 'a']),
      denial(['items', 9, 'a']),
      denial(['items', 2, 'in', 11, 'a']),
      denial(['items', 2, 'in', 3, 'a']),
    ];
    expect(pathsOf(toDeniedResult({ errors })?.errors)).toEqual([
      'items.2.in.3.a',
      'items.2.in.11.a',
      'items.9.a',
      'items.10.a',
    ]);
  });

  it('lists those of one fragment that is spread twice alike for every order of arrival', () => {
    const [one, other] = [denial(['first', 'a']), denial(['second', 'a'])];
    expect(pathsOf(toDeniedResult({ errors: [one, other] })?.errors)).toEqual(
      pathsOf(toDeniedResult({ errors: [other, one] })?.errors),
    );
  });

  it('lists twenty of three thousand, the first ones', () => {
    const errors = Array.from({ length: 3000 }, (_, index) => denial(['items', 2999 - index, 'a']));
    const listed = pathsOf(toDeniedResult({ errors })?.errors);
    expect(maxListedDenials).toBe(20);
    expect(listed).toEqual(Array.from({ length: 20 }, (_, index) => `items.${index}.a`));
  });

  it('leaves what it was given as it is', () => {
    const errors = Object.freeze([denial(['b'], [2, 1]), denial(['a'])]);
    expect(pathsOf(toDeniedResult({ errors })?.errors)).toEqual(['a', 'b']);
    expect(pathsOf(errors)).toEqual(['b', 'a']);
  });

  it('lists errors without a place or a path first, and does not fail on them', () => {
    const bare: TestError = { extensions: { code: 'FORBIDDEN', coordinate: 'Query.a' } };
    const errors = [denial(['a']), bare, { ...bare, locations: [] }];
    expect(toDeniedResult({ errors })?.errors).toEqual([
      bare,
      { ...bare, locations: [] },
      errors[0],
    ]);
  });

  it('is the same for every timing of the executor', () => {
    const errors = [0, 1, 2, 10, 11].flatMap((index) => [
      denial(['items', index, 'a'], [1, 5]),
      denial(['items', index, 'b'], [1, 9], 'Item.b'),
    ]);
    const inOrder = pathsOf(toDeniedResult({ errors })?.errors);
    fc.assert(
      fc.property(fc.shuffledSubarray(errors, { minLength: errors.length }), (shuffled) => {
        expect(pathsOf(toDeniedResult({ errors: shuffled })?.errors)).toEqual(inOrder);
      }),
    );
  });

  it('is the same for every timing, whatever the paths of one place in the document are', () => {
    const step = fc.constantFrom<string | number>('a', 'b', 'undefined', 0, 2, 10);
    const paths = fc.uniqueArray(fc.array(step, { minLength: 1, maxLength: 4 }), {
      selector: (path) => path.join('.'),
      maxLength: 8,
    });
    const twoOrders = paths.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const listedOf = (all: readonly Path[]) =>
      pathsOf(toDeniedResult({ errors: all.map((path) => denial(path)) })?.errors);
    fc.assert(
      fc.property(twoOrders, ([all, shuffled]) => {
        expect(listedOf(shuffled)).toEqual(listedOf(all));
      }),
    );
  });
});

describe('a lenient answer', () => {
  it('without denials is the answer', () => {
    const result = { errors: [failure], data: { a: 1 } };
    expect(toLenientResult(result, [])).toBe(result);
    expect(toLenientResult({ data: { a: 1 } }, [])).toEqual({ data: { a: 1 } });
  });

  it('keeps data and other errors, which stand after the denials', () => {
    const [reported, thrown] = [denial(['a'], [1, 3]), denial(['b', 'c'], [1, 7], 'B.c')];
    const data = { a: null, b: { c: null }, broken: null };
    expect(toLenientResult({ errors: [failure, thrown], data }, [reported])).toEqual({
      errors: [reported, thrown, failure],
      data,
    });
  });

  it('reports a path once for any number of items', () => {
    const errors = Array.from({ length: 1000 }, (_, index) => [
      denial(['items', index, 'a'], [1, 5]),
      denial(['items', index, 'b'], [1, 9], 'Item.b'),
      denial(['items', index, 'c'], [1, 13], 'Item.c'),
    ]).flat();
    const { errors: listed } = toLenientResult({ errors }, []);
    expect(pathsOf(listed)).toEqual(['items.0.a', 'items.0.b', 'items.0.c']);
  });

  it('reports a denial that was decided before once, with its own message', () => {
    const reported = denial(['items', 'a']);
    const { errors } = toLenientResult({ errors: [denial(['items', 3, 'a'])] }, [reported]);
    expect(errors).toEqual([reported]);
  });

  it('reports two coordinates at one path, which are two refusals', () => {
    const reported = [denial(['a'], [1, 3], 'Query.a(x:)'), denial(['a'], [1, 3], 'Query.a(y:)')];
    expect(toLenientResult({ data: { a: null } }, reported).errors).toEqual(reported);
  });

  it('reports at most twenty denials, in document order, and each other error', () => {
    const reported = Array.from({ length: 30 }, (_, index) =>
      denial([`f${index}`], [30 - index, 1]),
    );
    const { errors } = toLenientResult({ errors: [failure, failure] }, reported);
    expect(pathsOf(errors)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `f${29 - index}`),
      'broken',
      'broken',
    ]);
  });

  it('reports denials without a path', () => {
    const bare: TestError = { extensions: { code: 'FORBIDDEN', coordinate: 'Query.a' } };
    expect(toLenientResult({ errors: [bare, bare] }, [])).toEqual({ errors: [bare] });
  });
});
