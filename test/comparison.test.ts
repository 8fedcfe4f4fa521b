import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeEverySetting } from '../src/config/describe-settings.ts';
import { readPage } from './support/documents.ts';
import { repository } from './support/process.ts';
import { describedProgram } from './support/program.ts';
import { leavesOf } from './support/reference-pages.ts';

const page = readPage('docs/comparison.md');
const section = page.split('## What Gatehouse has')[1]?.split('\n## ')[0] ?? '';
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .slice(1)
  .map((line) => line.split(' | '));
const namesIn = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => name ?? []);
const names = rows.flatMap(([, cell]) => namesIn(cell));

const sdl = readPage('src/schema/base.graphql');
const fields = readPage('docs/reference/api.md');
const settings = describeEverySetting([]).map(({ name }) => name);
const commands = leavesOf(describedProgram(), []).map(({ path }) => path.join(' '));

/** What each kind of name in the table is, and whether one exists. */
const kinds: readonly (readonly [RegExp, (name: string) => boolean])[] = [
  [/^@graphql-gatehouse\/(.+)$/, (name) => isPackage(name)],
  [/^@\w+(\(\w+:\))?$/, (name) => isDirective(name)],
  [/^(Query|Mutation)\.\w+$/, (name) => fields.includes(`[\`${name}\`]`)],
  [/^gatehouse /, (name) => commands.includes(name)],
  [/^[A-Z_]+$/, (name) => settings.includes(name)],
];
const exists = (name: string): boolean => {
  const kind = kinds.find(([pattern]) => pattern.test(name));
  return kind?.[1](name) ?? false;
};

const packageSchema = z.object({ name: z.string() });
const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(join(repository, path), 'utf8'));

function isPackage(name: string): boolean {
  const path = `packages/${name.split('/')[1]}/package.json`;
  return existsSync(join(repository, path)) && packageSchema.parse(readJson(path)).name === name;
}

/** A directive, with one of its arguments. */
function isDirective(name: string): boolean {
  const [directive, argument] = name.split(/[(:]/);
  const definition = sdl.split(`directive ${directive}`)[1]?.split('\ndirective ')[0] ?? '';
  return argument === undefined ? definition !== '' : definition.includes(`${argument}: `);
}

describe('the comparison', () => {
  it('has a row with a name and a page for each thing', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(
      rows.filter(([, cell, link]) => namesIn(cell).length === 0 || !link?.includes('](')),
    ).toEqual([]);
  });

  it('names only what exists', () => {
    expect(names.filter((name) => !exists(name))).toEqual([]);
  });

  it.each(['@auth(unless:)', '@private', 'Mutation.impersonate', 'gatehouse fly', 'MAX_HOPE'])(
    'would notice %s',
    (name) => expect(exists(name)).toBe(false),
  );

  it.each([
    ['graphql-shield', /graphql-shield (\d[\d.]*\d)/],
    ['@pothos/plugin-scope-auth', /plugin-scope-auth` (\d[\d.]*\d)/],
  ])('was read for the version of %s that the tests run', (name, pattern) => {
    const installed = z
      .object({ devDependencies: z.record(z.string(), z.string()) })
      .parse(readJson('package.json')).devDependencies[name];
    expect(installed).toBeDefined();
    expect(pattern.exec(page)?.[1]).toBe(installed);
  });
});
