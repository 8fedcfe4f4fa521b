import { expect, it } from 'vitest';
import { checkPassword } from '../../src/authentication/password-policy.ts';

it.each([
  { what: '15 characters', password: 'correct horse b' },
  { what: '15 characters beyond the BMP', password: '😀'.repeat(15) },
  { what: '72 bytes', password: 'é'.repeat(36) },
  { what: '72 bytes once composed', password: 'e\u0301'.repeat(36) },
  { what: 'spaces alone', password: ' '.repeat(15) },
])('accepts $what', ({ password }) => {
  expect(checkPassword(password)).toBeUndefined();
});

it.each([
  { what: 'nothing', password: '', rule: 'at least 15' },
  { what: '14 characters', password: 'correct horse ', rule: 'at least 15' },
  { what: '14 pairs of surrogates', password: '😀'.repeat(14), rule: 'at least 15' },
  { what: '14 letters with marks apart', password: 'e\u0301'.repeat(14), rule: 'at least 15' },
  { what: '73 bytes', password: 'a'.repeat(73), rule: 'at most 72 bytes' },
  { what: '19 emoji', password: '😀'.repeat(19), rule: 'at most 72 bytes' },
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
  expect(checkPassword(password, { username })).toBe('A password does not contain the username.');
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
    expect(checkPassword(password)).toBe('A password is not one of those that are used most.');
  },
);

it.each(['password123', 'iloveyou', 'QWERTYUIOP'])(
  'refuses %s where short passwords are allowed',
  (password) => {
    expect(checkPassword(password, { minLength: 8 })).toContain('used most');
  },
);

it('accepts a password that begins like one that is used much', () => {
  expect(checkPassword('passwordpassword of mine')).toBeUndefined();
});
