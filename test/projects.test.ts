import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import config from '../vitest.config.ts';
import { repository } from './support/process.ts';

const scriptSchema = z.object({
  command: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
  output: z.array(z.string()).optional(),
});
function scriptsOf(folder: string) {
  return z
    .object({ wireit: z.record(z.string(), scriptSchema) })
    .parse(JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'))).wireit;
}
const wireit = scriptsOf('.');
const scripts = wireit['test:all']?.dependencies ?? [];

it('npm test runs every project of Vitest, in one script each', () => {
  const projects = z
    .array(z.object({ test: z.object({ name: z.string() }) }))
    .parse(config.test?.projects);
  const names = projects.map(({ test }) => test.name.replace(/^api on .*/, "'api*'"));
  expect(scripts.map((name) => wireit[name]?.command)).toEqual(
    expect.arrayContaining(names.map((name) => `vitest run --project ${name}`)),
  );
  expect(scripts).toHaveLength(new Set(names).size);
});

it.each(scripts)(
  'the script %s keeps its summary, and runs again when common inputs change',
  (name) => {
    const summary = `reports/tests/${name.replace('test:', '')}.json`;
    expect(wireit[name]).toMatchObject({
      dependencies: ['test:inputs'],
      env: { TEST_SUMMARY: summary, TEST_PART: 'promises' },
      output: [summary],
    });
  },
);

it('types are checked after all code is generated that tests and scripts import', () => {
  const dependencies = wireit['check:types']?.dependencies;
  expect(dependencies).toEqual(expect.arrayContaining(['generate', './packages/console:generate']));
  expect(scriptsOf('packages/console')).toHaveProperty('generate');
  const generators = Object.keys(wireit).filter((name) => name.startsWith('generate:'));
  expect(new Set(wireit.generate?.dependencies)).toEqual(new Set(generators));
});
