import { describe, expect, it } from 'vitest';
import { parseText } from '../../src/schema/text-input.ts';

const bounds = { least: 1, most: 10 };
const parse = (text: string) => parseText('name', text, bounds);
const refusal = (says: string) =>
  expect.objectContaining({ facts: { argument: 'name' }, message: expect.stringContaining(says) });

describe('a text of a client', () => {
  it.each([
    { text: ' Lab\u00a0', kept: 'Lab' },
    { text: '\u{1f469}\u200d\u{1f52c}', kept: '\u{1f469}\u200d\u{1f52c}' }, // a joined emoji
    { text: '\u0645\u06cc\u200c\u062e', kept: '\u0645\u06cc\u200c\u062e' }, // Persian is written so
    { text: '\u{1f600}'.repeat(10), kept: '\u{1f600}'.repeat(10) },
  ])('is kept without white space at its ends: $text', ({ text, kept }) => {
    expect(parse(text)).toBe(kept);
  });

  it.each(['', ' \u3000 ', '\u200b', ' \u2060\u200d ', '\u00ad', '\u3164', '\ufeff', '\ufe0f'])(
    'of which nothing is seen is too short: %j',
    (text) => {
      expect(() => parse(text)).toThrow(refusal('1 to 10 characters'));
    },
  );

  it.each(['a\u2028b', 'a\u2029b', 'a\nb', 'a\u0085b', 'a\u202eb', 'a\ud83db', '\u2028'])(
    'must not hold what ends a line, steers a terminal or turns the writing: %j',
    (text) => {
      expect(() => parse(text)).toThrow(refusal('control characters'));
    },
  );
});
