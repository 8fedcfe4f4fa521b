import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/process.ts';

const page = readFileSync(join(repository, 'docs/operations/openid-connect.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| (RFC|Core|Back)/.test(line));
const named = [...page.matchAll(/\]\(\.\.\/\.\.\/(test\/[^)]+)\): `([^`]+)`/g)].map(
  ([, file = '', title = '']) => ({ file, title }),
);

it('names a test for each requirement of a relying party that is met', () => {
  const untested = rows.filter((row) => !row.includes('.test.ts)') && !row.includes('not there'));
  expect(rows.length).toBeGreaterThan(15);
  expect(untested).toEqual([]);
});

it('names tests that exist', () => {
  const missing = named.filter(
    ({ file, title }) => !readFileSync(join(repository, file), 'utf8').includes(`'${title}'`),
  );
  expect(missing).toEqual([]);
});
