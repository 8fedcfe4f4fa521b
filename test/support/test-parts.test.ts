import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { embeddedFiles } from './embedded-files.ts';
import { repository } from './process.ts';
import { differingFiles, filesByKind, repeatingFiles } from './repeating-files.ts';
import { type Part, projectsOf } from './test-parts.ts';

const find = (patterns: readonly string[], ignore: readonly string[] = []) =>
  globSync([...patterns], { cwd: repository, ignore: [...ignore] });
const every = find(['test/**/*.test.ts'], ['test/proofs/**']).sort();

/** The files of a part, once for each project that runs them. */
const filesOf = (part: Part, hasPostgres: boolean) =>
  projectsOf(part, hasPostgres)
    .flatMap(({ include, exclude }) => find(include, exclude))
    .sort();

describe.each([true, false])('the parts of the tests, with PostgreSQL: %s', (hasPostgres) => {
  it('have every file', () => {
    const both = [...filesOf('promises', hasPostgres), ...filesOf('repeats', hasPostgres)];
    expect([...new Set(both)].sort()).toEqual(every);
    expect([...new Set(filesOf(undefined, hasPostgres))]).toEqual(every);
  });

  it('promise each file once, but those that repeat', () => {
    const promised = every.filter((file) => !repeatingFiles.includes(file));
    expect(filesOf('promises', hasPostgres)).toEqual(promised);
  });
});

it('the repeats try on the embedded database, after PostgreSQL, what differs there', () => {
  const again = filesOf('repeats', true).filter((file) => !repeatingFiles.includes(file));
  expect(again).toEqual([...differingFiles, ...filesByKind].sort());
  expect(differingFiles.filter((file) => embeddedFiles.includes(file))).toEqual([]);
  expect(filesOf('repeats', false)).toEqual([...repeatingFiles].sort());
});

it('the files by kind of database are those that ask for the kinds', () => {
  const asking = every.filter((file) =>
    /\bdatabaseKinds\b/.test(readFileSync(join(repository, file), 'utf8')),
  );
  expect(asking).toEqual([...filesByKind].sort());
});

it.each(['promises.md', 'asvs.md'])(
  'nothing on which docs/operations/%s rests is left to the repeats',
  (page) => {
    const text = readFileSync(join(repository, 'docs/operations', page), 'utf8');
    expect(text).toContain('test/api/');
    expect(repeatingFiles.filter((file) => text.includes(file))).toEqual([]);
  },
);
