import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkUsername, toUsernameKey } from '../../src/authentication/username.ts';

const nameCharacters = fc.oneof(
  fc.constantFrom(...'aZ9._-@+', 'İ', 'ß', 'Σ', 'K', 'ﬁ', 'Ａ', '\u0307', '\u0323', '\u0331'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const names = fc.string({ unit: nameCharacters, maxLength: 12 });

describe('toUsernameKey', () => {
  it.each([
    { one: 'Alice', other: 'alice', why: 'case' },
    { one: 'zo\u00eb', other: 'ZOE\u0308', why: 'composed and decomposed marks' },
    { one: 'Ａｌｉｃｅ', other: 'alice', why: 'full width' },
    { one: 'ﬁona', other: 'FIONA', why: 'a ligature' },
    { one: '\u212aim', other: 'kim', why: 'the Kelvin sign' },
    { one: 'H\u0331al', other: '\u1e96al', why: 'a mark that composes with lower case only' },
  ])('gives $one and $other one key: $why', ({ one, other }) => {
    expect(toUsernameKey(one)).toBe(toUsernameKey(other));
  });

  it.each([
    { one: 'strasse', other: 'straße' },
    { one: 'alice', other: '\u0430lice' },
  ])('keeps $one and $other apart', ({ one, other }) => {
    expect(toUsernameKey(one)).not.toBe(toUsernameKey(other));
  });

  it('changes nothing when applied again, whatever the name', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(toUsernameKey(toUsernameKey(name))).toBe(toUsernameKey(name));
      }),
      { numRuns: 2000, examples: [['H\u0331']] },
    );
  });

  it('gives an accepted name a key that is made of accepted characters', () => {
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(checkUsername(name) === undefined);
        expect(checkUsername(toUsernameKey(name))).toBeUndefined();
      }),
    );
  });
});

describe('checkUsername', () => {
  it.each([
    'a',
    '9lives',
    'alice.b_c-d+e@example.org',
    'Zoë',
    'zoe\u0308',
    'Ωmega',
    '花子',
    'हिन्दी',
    '𝒜da',
    'x'.repeat(64),
    '𠀀'.repeat(64),
  ])('accepts "%s"', (username) => {
    expect(checkUsername(username)).toBeUndefined();
  });

  it.each([
    { username: '', rule: '1 to 64' },
    { username: 'x'.repeat(65), rule: '1 to 64' },
    { username: 'ﬃ'.repeat(22), rule: '1 to 64' },
    { username: '.alice', rule: 'start with' },
    { username: '\u0308alice', rule: 'start with' },
    { username: 'al ice', rule: 'only letters' },
    { username: 'alice\n', rule: 'only letters' },
    { username: 'al\u00a0ice', rule: 'only letters' },
    { username: 'al/ice', rule: 'only letters' },
    { username: 'al\0ice', rule: 'only letters' },
    { username: 'al\ud800ice', rule: 'only letters' },
    { username: 'al\u200bice', rule: 'only letters' },
    { username: 'al\u3164ice', rule: 'only letters' },
    { username: 'alice\ufe0f', rule: 'only letters' },
    { username: 'alice😀', rule: 'only letters' },
  ])('refuses $username: $rule', ({ username, rule }) => {
    expect(checkUsername(username)).toContain(rule);
  });
});
