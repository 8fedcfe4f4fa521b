import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from './support/process.ts';

const folder = join(repository, '.changeset');
const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');

const packages = readdirSync(join(repository, 'packages')).map((name) => {
  const text = readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8');
  const { name: published }: { readonly name: string } = JSON.parse(text);
  return published;
});

// Changesets reports no release at all when one file names another package, such as the root's.
it.each(files)('the changeset %s names packages of the workspace only', (file) => {
  const [, header = '', text = ''] =
    /^---\n((?:.+\n)+)---\n([\s\S]+)$/.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
  const lines = header.trim().split('\n');
  const named = lines.map((line) => /^['"](.+)['"]: (?:patch|minor|major)$/.exec(line)?.[1]);
  expect(packages).toEqual(expect.arrayContaining(named));
  expect(text.trim()).not.toBe('');
});
