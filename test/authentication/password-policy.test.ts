import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPasswordOf } from '../../src/authentication/generated-password.ts';
import { checkPassword, maxPasswordBytes } from '../../src/authentication/password-policy.ts';

it.each([
  { what: '15 characters', password: 'correct horse b' },
  {
    what: '15 characters beyond the BMP',
    password: [...'🦊🌵🎻🧊🚲🪁🍋🐙🧲🪴🎲🦜🧶🛶🔭'].join(''),
  },
  { what: '72 bytes', password: `correct horse battery ${'é'.repeat(25)}` },
  { what: '72 bytes once composed', password: `correct horse battery ${'e\u0301'.repeat(25)}` },
  { what: 'spaces between words', password: 'my cat likes fish' },
])('accepts $what', ({ password }) => {
  expect(checkPassword(password)).toBeUndefined();
});

it.each([
  { what: 'nothing', password: '', rule: 'must have at least 15' },
  { what: '14 characters', password: 'correct horse ', rule: 'must have at least 15' },
  { what: '14 pairs of surrogates', password: '😀'.repeat(14), rule: 'must have at least 15' },
  {
    what: '14 letters with marks apart',
    password: 'e\u0301'.repeat(14),
    rule: 'must have at least 15',
  },
  { what: '73 bytes', password: 'a'.repeat(73), rule: 'must have at most 72 bytes' },
  { what: '19 emoji', password: '😀'.repeat(19), rule: 'must have at most 72 bytes' },
  { what: 'a NUL', password: 'correct\0horse battery', rule: 'NUL' },
  { what: 'a lone surrogate', password: 'correct\udc00horse battery', rule: 'surrogates' },
])('refuses $what, and states the rule alone', ({ password, rule }) => {
  const problem = checkPassword(password);
  expect(problem).toContain(rule);
  expect(problem).not.toContain('correct');
});

it('takes the least length from its caller', () => {
  expect(checkPassword('owl-4711', { minLength: 8 })).toBeUndefined();
  expect(checkPassword('1234567', { minLength: 8 })).toContain('at least 8');
});

it.each([
  { username: 'horse', password: 'correct horse battery' },
  { username: 'Horse', password: 'correct hORSE battery' },
  { username: 'zo\u00eb', password: 'correct ZOE\u0308 battery' },
  { username: 'bat', password: 'correct horse battery' },
])('refuses a password that contains the username $username', ({ username, password }) => {
  expect(checkPassword(password, { username })).toBe('A password must not contain the username.');
});

it.each([
  { what: 'of two characters', username: 'ba' },
  { what: 'of two characters and four code units', username: '😀😀' },
  { what: 'that is not in it', username: 'donkey' },
  { what: 'that is not there at all', username: undefined },
])('minds no username $what', ({ username }) => {
  expect(checkPassword('correct horse 😀😀 battery', { username })).toBeUndefined();
});

it.each(['passwordpassword', 'PasswordPassword', '1qazxsw23edcvfr4'])(
  'refuses %s, which is used much, in any case',
  (password) => {
    expect(checkPassword(password)).toBe('This password is too common.');
  },
);

it.each(['password123', 'iloveyou', 'QWERTYUIOP'])(
  'refuses %s where short passwords are allowed',
  (password) => {
    expect(checkPassword(password, { minLength: 8 })).toBe('This password is too common.');
  },
);

it('accepts a longer password that begins like one that is used much', () => {
  expect(checkPassword('passwordpassword of mine')).toBeUndefined();
});

it.each([
  { what: 'a digit repeated', password: '111111111111111' },
  { what: 'a letter repeated', password: 'aaaaaaaaaaaaaaa' },
  { what: 'spaces alone', password: ' '.repeat(15) },
  { what: 'an emoji repeated', password: '😀'.repeat(15) },
  { what: 'a letter repeated up to the limit', password: 'é'.repeat(36) },
  { what: 'digits in their order', password: '123456789012345' },
  { what: 'letters in their order', password: 'abcdefghijklmno' },
  { what: 'letters in reverse', password: 'zyxwvutsrqponmlk' },
  { what: 'rows of keys', password: 'qwertyuiopasdfg' },
  { what: 'columns of keys', password: '1qaz2wsx3edc4rfv' },
  { what: 'a common password and digits', password: 'password1234567' },
  { what: 'a common password, a year and signs', password: 'iloveyou2026!!!' },
  { what: 'a common password spelled with digits', password: 'P4$$w0rd1234567' },
  { what: 'a common password twice', password: 'iloveyouiloveyou' },
  { what: 'two common passwords', password: 'letmein123qwerty' },
  { what: 'the name of the product twice', password: 'gatehousegatehouse' },
  { what: 'the name of the product, a year and signs', password: 'Gatehouse2026!!' },
  { what: 'a greeting to the product', password: 'welcome-to-gatehouse' },
])('refuses $what', ({ password }) => {
  expect(checkPassword(password)).toMatch(/This password is too (easy to guess|common)/);
});

it.each([
  'violet-otter-ladder-93-quay',
  'plum-kettle-orbit-58-fern',
  'slate-meadow-77-copper',
  'correct horse battery staple',
  'the gatehouse has 3 blue owls',
])('accepts %s, which is long and of words that do not belong together', (password) => {
  expect(checkPassword(password)).toBeUndefined();
});

it.each(['zephyrine-zephyrine', 'Zephyrine Aerospace', 'aerospace zephyr1ne'])(
  'refuses %s where its words are known here',
  (password) => {
    expect(checkPassword(password)).toBeUndefined();
    expect(checkPassword(password, { words: ['zephyrine', 'aerospace'] })).toBe(
      'This password is too easy to guess: avoid repetitions, sequences and common words.',
    );
  },
);

it('accepts a long password beside a word that is known here', () => {
  const password = 'violet-otter-zephyrine-93-quay';
  expect(checkPassword(password, { words: ['zephyrine'] })).toBeUndefined();
});

it('refuses every short text that is repeated', () => {
  const unit = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(unit, (text) => {
      const password = text.repeat(Math.ceil(24 / text.length));
      expect(checkPassword(password)).toMatch(/is too (easy|common)/);
    }),
    { numRuns: 200 },
  );
});

it('accepts every random password, of 15 characters on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 64 }), fc.integer({ min: 15, max: 72 }), (min, end) => {
      const password = createPasswordOf(min);
      const minLength = Math.min(min, end);
      const rules = { minLength };
      expect(checkPassword(password, rules)).toBeUndefined();
      expect(checkPassword(password.slice(0, end), rules)).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

it.each([0, 8, 15, 24, 25, 63, 64])(
  'makes a password of at least %i characters, and of 24, that can be hashed',
  (minLength) => {
    const password = createPasswordOf(minLength);
    expect(password.length).toBeGreaterThanOrEqual(Math.max(24, minLength));
    expect(password).toMatch(/^[\w-]+$/);
    expect(Buffer.byteLength(password)).toBeLessThanOrEqual(maxPasswordBytes);
    expect(createPasswordOf(minLength)).not.toBe(password);
  },
);

it('estimates the first 32 characters alone, as more would cost too much time', () => {
  const random = 'kV3-pQz8_wXr2TnB7uLh';
  expect(checkPassword(`${'a'.repeat(12)}${random}`)).toBeUndefined();
  expect(checkPassword(`${'a'.repeat(32)}${random}`)).toContain('easy to guess');
});
