import { describe, expect, it } from 'vitest';
import { isPlainData } from '../../packages/authorization/src/decision/plain-data.ts';

class Money {
  readonly cents = 1;
}

describe('isPlainData', () => {
  it.each([
    { title: 'an object', value: { a: 1 }, plain: true },
    { title: 'an empty object', value: {}, plain: true },
    { title: 'an object without prototype', value: Object.create(null), plain: true },
    { title: 'a list', value: [1, [2]], plain: true },
    { title: 'an empty list', value: [], plain: true },
    { title: 'a date', value: new Date(0), plain: false },
    { title: 'a map', value: new Map(), plain: false },
    { title: 'a set', value: new Set(), plain: false },
    { title: 'an error', value: new Error('no'), plain: false },
    { title: 'bytes', value: new Uint8Array(1), plain: false },
    { title: 'an instance', value: new Money(), plain: false },
    { title: 'an object made from another', value: Object.create({ a: 1 }), plain: false },
    { title: 'a function', value: () => 1, plain: false },
    { title: 'null', value: null, plain: false },
    { title: 'undefined', value: undefined, plain: false },
    { title: 'a text', value: 'a', plain: false },
    { title: 'a number', value: 1, plain: false },
    { title: 'a symbol', value: Symbol('a'), plain: false },
  ])('of $title is $plain', ({ value, plain }) => {
    expect(isPlainData(value)).toBe(plain);
  });
});
