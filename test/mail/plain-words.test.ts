import fc from 'fast-check';
import { LinkifyIt } from 'linkify-it';
import { describe, expect, it } from 'vitest';
import { describeDevice } from '../../packages/mail/src/texts/describe-device.ts';
import { toPlainWords } from '../../packages/mail/src/texts/plain-words.ts';

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true });

/** Texts that are made of parts of links, and any others. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...['http://', 'https:', '//', 'mailto:', 'tel:', 'javascript:', 'www.', '@', '.', ':'],
          ...['evil', 'example', '.com', '.de', '.рф', 'xn--p1ai', '。', '．', '｡', '․', '⒈', '℀'],
          ...['127.0.0.1', '+1', '555', '-', '(', ')', '/', '?', '#', '\u200b', '\u00ad', '\u2060'],
          ...['\u202e', '\r\n', '\u2028', '１２３', '٣٤٥', 'ㅤ', '<a href="', '&#46;', '%2e', ' '],
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
);

describe('plain words', () => {
  it.each([
    ['Grace Hopper', 'Grace Hopper'],
    ['José Ñandú-Müller, M. A.', 'José Ñandú-Müller, M. A.'],
    ["Anna O'Neill & Sons (2nd)", "Anna O'Neill & Sons (2nd)"],
    ['山田 太郎', '山田 太郎'],
    ['देवनागरी', 'देवनागरी'],
    ['https://evil.example/x?y', 'https evil example x y'],
    ['evil.com', 'evil com'],
    ['evil．com evil。com', 'evil com evil com'],
    ['mail me@evil.com', 'mail me evil com'],
    ['127.0.0.1', '127 0'],
    ['call +1 (555) 123-4567 now', 'call 1 (555) now'],
    ['Ada\r\nBcc: a@b.c', 'Ada Bcc a b c'],
    ['a\u202eb\u200bc\u00add', 'abcd'],
    ['<b>Ada</b>', 'b Ada b'],
    ['🎉', ''],
  ])('are made of %j: %j', (text, expected) => {
    const words = toPlainWords(text);
    expect(words.replaceAll(/ +/g, ' ')).toBe(expected.replaceAll(/ +/g, ' '));
  });

  it('have at most 64 characters', () => {
    expect(toPlainWords('a'.repeat(10_000))).toBe('a'.repeat(64));
    expect([...toPlainWords('𝒜b'.repeat(10_000))]).toHaveLength(64);
    expect([...toPlainWords('𠮷'.repeat(10_000))]).toHaveLength(64);
  });

  it('are never linked by mail programs', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const words = toPlainWords(text);
        expect(linkify.match(words)).toBeNull();
        expect(words).toMatch(/^[\p{L}\p{M}\p{Nd} .,'’()&-]{0,64}$/u);
        expect(words).not.toMatch(/\.\S|[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u);
        const numbers = words.split(/\p{L}/u).map((part) => part.match(/\p{Nd}/gu)?.length ?? 0);
        expect(Math.max(...numbers)).toBeLessThanOrEqual(4);
      }),
      { numRuns: 2000 },
    );
  });

  it('are found by the oracle of this test when they are links', () => {
    for (const text of ['evil.com', 'a@evil.com', '127.0.0.1', 'https://x.y']) {
      expect(linkify.match(text)).not.toBeNull();
    }
  });
});

describe('the description of a device', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox (Linux)'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Edge (Windows)',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
      'Safari (iPhone)',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'Chrome (Android)',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
      'Safari (macOS)',
    ],
  ])('of %s is %s', (userAgent, device) => {
    expect(describeDevice(userAgent)).toBe(device);
  });

  it('of a program is its words without links', () => {
    expect(describeDevice('curl/8.5.0')).toBe('curl 8 5 0');
    expect(describeDevice('see https://evil.com')).toBe('see https evil com');
  });

  it('never contains what a stranger wrote beside a browser', () => {
    expect(describeDevice('evil.com Firefox/1 Linux <script>')).toBe('Firefox (Linux)');
  });
});
