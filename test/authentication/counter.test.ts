import { expect, it } from 'vitest';
import { createCounter } from '../../src/authentication/counter.ts';

it('counts what is there', () => {
  const counter = createCounter();
  const [first, second] = [counter.add('a'), counter.add('a')];
  counter.add('b');
  expect([counter.of('a'), counter.of('b'), counter.of('c')]).toEqual([2, 1, 0]);
  first();
  first();
  expect(counter.of('a')).toBe(1);
  second();
  expect(counter.of('a')).toBe(0);
});
