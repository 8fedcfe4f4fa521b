import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { coordinatesIn } from '../../src/schema/sdl/coordinates-in.ts';

it('lists the members that documents define, those of extensions included, without the types', () => {
  const first = parse(`type A { b(c: Int): Int } interface I { d: Int } union U = A scalar S
    directive @e(f: Int) on OBJECT`);
  const second = parse(
    'extend type A { g: Int } input N { h: Int } enum E { J } extend enum E { K }',
  );
  expect([...coordinatesIn([first, second])]).toEqual([
    'A.b',
    'A.b(c:)',
    'I.d',
    'A.g',
    'N.h',
    'E.J',
    'E.K',
  ]);
});
