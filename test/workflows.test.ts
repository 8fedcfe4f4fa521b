import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandOf, readStages } from './support/dockerfile.ts';
import { repository } from './support/process.ts';
import { readSteps } from './support/workflow.ts';

const template = 'packages/create-graphql-gatehouse/template';

const scriptsOf = (folder: string): readonly string[] => {
  const text = readFileSync(join(repository, folder, 'package.json'), 'utf8');
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(text));
  return Object.keys(scripts);
};

describe.each([
  { path: '.github/workflows/ci.yml', folder: '.', commands: ['ci', 'test'] },
  {
    path: '.github/workflows/release.yml',
    folder: '.',
    commands: ['ci', 'test', 'version-packages', 'release'],
  },
  {
    path: `${template}/_github/workflows/ci.yml`,
    folder: template,
    commands: ['ci', 'check', 'test'],
  },
])('the workflow $path', ({ path, folder, commands }) => {
  const file = join(repository, path);

  it('runs only scripts that there are', async () => {
    const steps = await readSteps(file);
    // An action can be given commands too.
    const texts = steps.flatMap(({ run, with: settings }) => [
      ...(run?.split('\n') ?? []),
      ...Object.values(settings ?? {}).map(String),
    ]);
    const named = texts.flatMap((text) => {
      const [, script, command] = /^npm (?:run (\S+)|(\S+))$/.exec(text.trim()) ?? [];
      return script ?? command ?? [];
    });
    expect(named).toEqual(commands);
    expect(named.filter((name) => name !== 'ci' && !scriptsOf(folder).includes(name))).toEqual([]);
  });

  it('uses variables of its own matrix alone', () => {
    const text = readFileSync(file, 'utf8');
    const used = [...text.matchAll(/(?<!-)matrix\.(\w+)/g)].map(([, name]) => name);
    const [, matrix = ''] = /^ +matrix:\n((?: {8}.*\n)+)/m.exec(text) ?? [];
    const known = [...matrix.matchAll(/^ +(\w+):/gm)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(known));
  });
});

it("copies into an image what the template has, and what npm writes, and runs the package's command", async () => {
  const [build = [], image = []] = await readStages(join(repository, template, 'Dockerfile'));
  const copied = build
    .filter(({ name }) => name === 'COPY')
    .flatMap(({ value }) => value.split(' ').slice(0, -1));
  expect(copied).toEqual(expect.arrayContaining(['package.json', 'src', 'prisma']));
  expect(copied.filter((path) => !existsSync(join(repository, template, path)))).toEqual([
    'package-lock.json',
  ]);
  expect(commandOf(image)).toEqual(['node_modules/.bin/gatehouse', 'start']);
});
