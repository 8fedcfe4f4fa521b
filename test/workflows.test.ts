import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandOf, readStages } from './support/dockerfile.ts';
import { repository } from './support/process.ts';
import { readSteps, readWorkflow } from './support/workflow.ts';

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
    commands: ['ci', 'version-packages', 'ci', 'pack', 'test', 'sbom'],
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
      const [, script, command] = /^npm (?:run (\S+)|(\S+))(?: .*)?$/.exec(text.trim()) ?? [];
      return script ?? command ?? [];
    });
    expect(named).toEqual(commands);
    const own = named.filter((name) => name !== 'ci' && name !== 'sbom');
    expect(own.filter((name) => !scriptsOf(folder).includes(name))).toEqual([]);
  });

  it('names the commit of each action that it uses, and the version that this is', () => {
    const used = readFileSync(file, 'utf8').match(/uses:.*/g) ?? [];
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('uses variables of its own matrix alone', () => {
    const text = readFileSync(file, 'utf8');
    const used = [...text.matchAll(/(?<!-)matrix\.(\w+)/g)].map(([, name]) => name);
    const [, matrix = ''] = /^ +matrix:\n((?: {8}.*\n)+)/m.exec(text) ?? [];
    const known = [...matrix.matchAll(/^ +(\w+):/gm)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(known));
  });
});

it('publishes in a job that installs nothing, has no token, and alone can get one of npm', async () => {
  const { permissions, jobs } = await readWorkflow(
    join(repository, '.github/workflows/release.yml'),
  );
  expect(permissions).toEqual({});
  expect(Object.entries(jobs).map(([name, job]) => [name, job.permissions])).toEqual([
    ['version', { contents: 'write', 'pull-requests': 'write' }],
    ['build', { contents: 'read' }],
    ['publish', { contents: 'read', 'id-token': 'write' }],
    ['announce', { contents: 'write' }],
  ]);
  const steps = jobs.publish?.steps ?? [];
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual(['node scripts/release/publish.ts packed']);
  expect(steps.filter(({ env }) => env !== undefined)).toEqual([]);
});

it('publishes by a program that imports nothing that has to be installed', () => {
  const folder = join(repository, 'scripts/release');
  const read = new Set<string>();
  const imported = (file: string): readonly string[] => {
    if (read.has(file)) return [];
    read.add(file);
    const text = readFileSync(join(folder, file), 'utf8');
    const modules = [...text.matchAll(/^(?:import|export) .*?from '([^']+)';$/gms)].map(
      ([, module = '']) => module,
    );
    return modules.flatMap((module) =>
      module.startsWith('./') ? imported(module.slice(2)) : [module],
    );
  };
  const modules = imported('publish.ts');
  expect(read).toContain('packages.ts');
  expect(modules.filter((module) => !module.startsWith('node:'))).toEqual([]);
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
