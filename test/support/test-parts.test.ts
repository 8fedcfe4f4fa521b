import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { repository } from './process.ts';
import { repeatingFiles } from './repeating-files.ts';
import { type Part, projectsOf } from './test-parts.ts';

const find = (patterns: readonly string[], ignore: readonly string[] = []) =>
  globSync([...patterns], { cwd: repository, ignore: [...ignore] });
const every = find(['test/**/*.test.ts'], ['test/proofs/**']).sort();

/** The files of a part, once for each project that runs them. */
const filesOf = (part: Part, hasPostgres: boolean) =>
  projectsOf(part, hasPostgres).flatMap(({ include, exclude }) => find(include, exclude));

describe('the parts of the tests', () => {
  it.each([true, false])('have every file, with PostgreSQL: %s', (hasPostgres) => {
    const both = [...filesOf('promises', hasPostgres), ...filesOf('repeats', hasPostgres)];
    expect([...new Set(both)].sort()).toEqual(every);
    expect(both.sort()).toEqual(filesOf(undefined, hasPostgres).sort());
  });

  it.each([true, false])(
    'promise each file once but those that repeat, with PostgreSQL: %s',
    (hasPostgres) => {
      const promised = filesOf('promises', hasPostgres).sort();
      expect(promised).toEqual(every.filter((file) => !repeatingFiles.includes(file)));
    },
  );

  it('try the API on the embedded database again, after PostgreSQL', () => {
    expect(filesOf('repeats', true)).toContain('test/api/sessions.test.ts');
    expect(filesOf('repeats', false)).not.toContain('test/api/sessions.test.ts');
  });

  it.each(repeatingFiles)('have the file %s, which is neither of the API nor an attack', (file) => {
    expect(every).toContain(file);
    expect(file).not.toMatch(/^test\/(?:api|attacks)\//);
  });
});
