import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadUserInputError } from '../../src/errors.ts';
import { createCursors } from '../../src/values/cursor.ts';

const { seal, open } = createCursors('secret');

/** Whether a text is refused with the one message. */
function isRefused(by: () => unknown): boolean {
  try {
    by();
    return false;
  } catch (error) {
    return (
      error instanceof BadUserInputError &&
      error.message === '`after` is not a valid cursor for this connection.' &&
      error.facts.argument === 'after'
    );
  }
}

const valueArbitrary = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((each) => each || 0),
  fc.boolean(),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
);
const valuesArbitrary = fc.array(valueArbitrary, { maxLength: 4 });

describe('a cursor', () => {
  it('holds values of every type as they were', () => {
    fc.assert(
      fc.property(fc.string(), valuesArbitrary, (scope, values) => {
        expect(open(scope, seal(scope, values))).toEqual(values);
      }),
    );
  });

  it('holds a decimal as its text', () => {
    const decimal = { toFixed: () => '12345678901234567890.12' };
    expect(open('list', seal('list', [decimal]))).toEqual(['12345678901234567890.12']);
  });

  it.each([
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date(Number.NaN),
    {},
    [1],
    Symbol('value'),
  ])('cannot hold %s', (value) => {
    expect(() => seal('list', [value])).toThrow();
  });

  it('shows none of its values', () => {
    const cursor = seal('list', ['a secret text', 123_456_789]);
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
    expect(bytes).not.toContain('secret');
    expect(bytes).not.toContain('123456789');
  });

  it('is one for each place of a list, and another for every other one', () => {
    fc.assert(
      fc.property(fc.array(valuesArbitrary, { maxLength: 10 }), (places) => {
        const texts = new Set(places.map((each) => seal('list', each)));
        const again = new Set(places.map((each) => seal('list', each)));
        expect(again).toEqual(texts);
        for (const text of texts)
          expect(texts.has(seal('other list', open('list', text)))).toBe(false);
      }),
    );
  });

  it('is refused when any bit of it is flipped', () => {
    fc.assert(
      fc.property(valuesArbitrary, (values) => {
        const bytes = Buffer.from(seal('list', values), 'base64url');
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const changed = Buffer.from(bytes);
          changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(isRefused(() => open('list', changed.toString('base64url')))).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is refused when a character is replaced, added or removed, also one that means the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const cursor = seal('list', ['value']);
    const texts = [...cursor].flatMap((_, at) => [
      cursor.slice(0, at) + cursor.slice(at + 1),
      ...[...alphabet, '=', '+', '/', ' '].flatMap((character) => [
        cursor.slice(0, at) + character + cursor.slice(at),
        cursor.slice(0, at) + character + cursor.slice(at + 1),
      ]),
    ]);
    const others = texts.filter((text) => text !== cursor);
    expect(others.filter((text) => !isRefused(() => open('list', text)))).toEqual([]);
  });

  it('is refused in another list, and on nodes with another secret', () => {
    const cursor = seal('list', ['value']);
    expect(isRefused(() => open('other list', cursor))).toBe(true);
    expect(isRefused(() => createCursors('other secret').open('list', cursor))).toBe(true);
    expect(createCursors('secret').open('list', cursor)).toEqual(['value']);
  });

  it('is no other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(isRefused(() => open('list', text))).toBe(true);
      }),
    );
  });
});
