import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { maxTextLength, normalizeText } from '../../src/authentication/normalize-text.ts';
import { checkPassword, maxPasswordBytes } from '../../src/authentication/password-policy.ts';
import { checkUsername, toUsernameKey } from '../../src/authentication/username.ts';
import { parseText } from '../../src/schema/text-input.ts';

const manyMarks = `a${'\u0301\u0323'.repeat(22_500)}`;

it('normalizes a text of the longest length, and no longer one', () => {
  const longest = '\u0065\u0301'.repeat(maxTextLength / 2);
  expect(normalizeText(longest, 'NFC')).toBe('\u00e9'.repeat(maxTextLength / 2));
  expect(normalizeText(`${longest}.`, 'NFC')).toBe(`${longest}.`);
});

it('keeps a long name, password or other text from being normalized at all', () => {
  const normalize = vi.spyOn(String.prototype, 'normalize');
  onTestFinished(() => normalize.mockRestore());
  expect(checkUsername(manyMarks)).toContain('1 to 64');
  expect(toUsernameKey(manyMarks)).toBe(manyMarks);
  expect(checkPassword(manyMarks, { username: 'sam' })).toContain('at most 72 bytes');
  expect(() => parseText('name', manyMarks, { least: 1, most: 254 })).toThrow('1 to 254');
  expect(normalize).not.toHaveBeenCalled();
});

it('refuses a long text in any form, since composition does not make it short enough', () => {
  /** Two UTF-16 code units each, at most. */
  let mostOfOne = 0;
  let mostOfOneByte = 0;
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const composed = String.fromCodePoint(code);
    const units = 2 * [...composed.normalize('NFD')].length;
    mostOfOne = Math.max(mostOfOne, units);
    mostOfOneByte = Math.max(mostOfOneByte, units / Buffer.byteLength(composed));
  }
  const maxUsernameLength = 64;
  expect(maxUsernameLength * mostOfOne).toBeLessThan(maxTextLength);
  expect(maxPasswordBytes * mostOfOneByte).toBeLessThan(maxTextLength);
});

it('is the only way to normalize', () => {
  const source = fileURLToPath(new URL('../../src', import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => readFileSync(join(source, name), 'utf8').includes('.normalize('));
  expect(files).toEqual([join('authentication', 'normalize-text.ts')]);
});
