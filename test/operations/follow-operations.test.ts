import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInTexts } from '../../packages/operations/src/known/built-in-texts.ts';
import {
  type FollowedOperations,
  followOperations,
} from '../../packages/operations/src/known/follow-operations.ts';
import { KnownOperationsError } from '../../packages/operations/src/known/known-operations.ts';

let directory: string;
let followed: FollowedOperations | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-known-'));
});
afterEach(async () => {
  followed?.stop();
  followed = undefined;
  await rm(directory, { recursive: true });
});

const write = (name: string, operations: unknown) =>
  writeFile(
    join(directory, name),
    typeof operations === 'string' ? operations : JSON.stringify(operations),
  );

/** Follows the folder, and lists the versions and problems that it reports. */
async function follow(folder = directory) {
  const changes: (readonly string[])[] = [];
  const problems: string[] = [];
  followed = await followOperations({
    directory: folder,
    maxTokens: 50,
    everyMs: 5,
    onChange: (versions) => changes.push(versions.map(({ app, version }) => `${app}@${version}`)),
    onProblem: (problem) => problems.push(problem instanceof Error ? problem.message : ''),
  });
  return { changes, problems, current: followed.current };
}

const problemOf = (folder?: string) =>
  follow(folder).then(
    () => 'none',
    (error: unknown) => {
      expect(error).toBeInstanceOf(KnownOperationsError);
      return error instanceof Error ? error.message : '';
    },
  );

describe('the files of known operations', () => {
  it('are those of every version, by id and by text', async () => {
    await write('web@1.0.0.json', { a: '{ a }', b: '{ b }' });
    await write('shop.app@2024-01-31+x.json', {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'a', name: 'A', type: 'query', body: '{ a }' }],
    });
    await write('README.md', 'Other files are ignored.');
    const { versions, texts, byText, byForm } = (await follow()).current();
    expect(versions).toEqual([
      { app: 'shop.app', version: '2024-01-31+x' },
      { app: 'web', version: '1.0.0' },
    ]);
    expect(Object.fromEntries(texts)).toEqual({ a: '{ a }', b: '{ b }' });
    expect(byText.size).toBe(builtInTexts.length + 2);
    expect([...byForm.values()].map(({ length }) => length).sort()).toEqual([
      ...builtInTexts.map(() => 0),
      1,
      2,
    ]);
  });

  it.each([
    ['there are none', {}, 'the folder has no file <app>@<version>.json'],
    ['a name has no version', { 'web.json': {} }, 'web.json is not named <app>@<version>.json'],
    [
      'one is no JSON',
      { 'web@1.json': 'query A { a }' },
      'web@1.json: it is neither a .graphql file nor JSON',
    ],
    ['one is of another kind', { 'web@1.json': [] }, 'web@1.json: it is neither a manifest'],
    ['a text has a syntax error', { 'web@1.json': { a: '{ a' } }, 'web@1.json: a: Syntax Error'],
    [
      'a text has more tokens than an operation may have',
      { 'web@1.json': { a: `{ ${'a '.repeat(50)} }` } },
      'web@1.json: a: Syntax Error',
    ],
    [
      'one id has two texts',
      { 'web@1.json': { a: '{ a }' }, 'web@2.json': { a: '{ b }' } },
      'web@2.json: a: the id has another text',
    ],
    [
      'they are more than 10,000',
      {
        'web@1.json': Object.fromEntries(
          Array.from({ length: 10_001 }, (_, id) => [id, `{a${id}}`]),
        ),
      },
      'they are more than 10,000',
    ],
    [
      'they have more than 20 MB',
      { 'web@1.json': { a: ' '.repeat(20_000_000) } },
      'the files have more than 20 MB',
    ],
  ])('stop the start if %s', async (_when, files, message) => {
    for (const [name, operations] of Object.entries(files)) await write(name, operations);
    expect(await problemOf()).toContain(message);
  });

  it('stop the start if the folder is missing', async () => {
    expect(await problemOf(join(directory, 'missing'))).toContain('missing does not exist');
  });

  it.skipIf(process.platform === 'win32').each(['folder', 'pipe'])(
    'stop the start if one is no regular file but a %s',
    async (kind) => {
      const path = join(directory, 'web@1.json');
      if (kind === 'pipe') execFileSync('mkfifo', [path]);
      else await mkdir(path);
      expect(await problemOf()).toContain('web@1.json is not a regular file');
    },
  );

  it('stop the start if they are too many, before any is parsed', async () => {
    const texts = Array.from({ length: 10_001 }, (_, id) => [id, `{ no end ${id}`]);
    await write('web@1.json', Object.fromEntries(texts));
    expect(await problemOf()).toBe('Operations: they are more than 10,000');
  });

  it('may be 10,000', async () => {
    const ids = Array.from({ length: 10_000 }, (_, id) => [id, `{a${id}}`]);
    await write('web@1.json', Object.fromEntries(ids));
    expect((await follow()).current().texts.size).toBe(10_000);
  });
});

describe('changed files', () => {
  const isKnown = (id: string) => followed?.current().texts.has(id);

  it('are read again: added, replaced and removed ones', async () => {
    await write('web@1.json', { a: '{ a }' });
    const { changes } = await follow();
    await write('web@2.json', { b: '{ b }' });
    await expect.poll(() => isKnown('b')).toBe(true);
    await write('.web@2.tmp', { c: '{ c }' });
    await rename(join(directory, '.web@2.tmp'), join(directory, 'web@2.json'));
    await expect.poll(() => isKnown('c')).toBe(true);
    expect(isKnown('b')).toBe(false);
    await rm(join(directory, 'web@1.json'));
    await expect.poll(() => isKnown('a')).toBe(false);
    expect(changes.at(-1)).toEqual(['web@2']);
  });

  it('are noticed when a link is replaced, as Kubernetes does', async () => {
    for (const [folder, id] of [
      ['..1', 'a'],
      ['..2', 'b'],
    ] as const) {
      await mkdir(join(directory, folder));
      await write(`${folder}/web@1.json`, { [id]: `{ ${id} }` });
    }
    await symlink('..1', join(directory, '..data'));
    await symlink('..data/web@1.json', join(directory, 'web@1.json'));
    await follow();
    expect(isKnown('a')).toBe(true);
    await symlink('..2', join(directory, '..next'));
    await rename(join(directory, '..next'), join(directory, '..data'));
    await expect.poll(() => isKnown('b')).toBe(true);
  });

  it('keep the old operations while they are wrong, and are reported once', async () => {
    await write('web@1.json', { a: '{ a }' });
    const { problems, changes } = await follow();
    await write('web@2.json', '{ "b": ');
    await expect.poll(() => problems.length).toBe(1);
    expect(problems[0]).toContain('web@2.json');
    expect(isKnown('a')).toBe(true);
    await write('web@2.json', { b: '{ b }' });
    await expect.poll(() => isKnown('b')).toBe(true);
    await rename(directory, `${directory}-away`);
    // Files can also go missing between two steps of a read.
    await expect.poll(() => problems.at(-1)).toContain(`${directory} does not exist`);
    expect(isKnown('b')).toBe(true);
    await rename(`${directory}-away`, directory);
    await write('web@3.json', { c: '{ c }' });
    await expect.poll(() => isKnown('c')).toBe(true);
    expect(new Set(problems).size).toBe(problems.length);
    expect(changes.at(-1)).toEqual(['web@1', 'web@2', 'web@3']);
  });
});
