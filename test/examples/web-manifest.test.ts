import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';

const manifest = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

it('the example web names the versions with which it is tested', async () => {
  const read = async (path: string) => {
    const text = await readFile(new URL(`../../${path}/package.json`, import.meta.url), 'utf8');
    return manifest.parse(JSON.parse(text));
  };
  const versionsOf = ({ dependencies, devDependencies }: z.infer<typeof manifest>) => ({
    ...dependencies,
    ...devDependencies,
  });
  const example = versionsOf(await read('examples/web'));
  const tested = {
    ...versionsOf(await read('.')),
    '@graphql-gatehouse/client': (await read('packages/client')).version,
    '@graphql-gatehouse/codegen': (await read('packages/codegen')).version,
  };
  expect(Object.keys(example)).not.toHaveLength(0);
  expect(tested).toMatchObject(example);
});
