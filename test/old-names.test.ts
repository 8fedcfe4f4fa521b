import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { releaseSettings } from '../scripts/release/settings.ts';
import { findOldNames } from './support/old-names.ts';
import { repository } from './support/process.ts';

const exempt = new Set(['test/old-names.test.ts', 'test/support/old-names.ts']);
const binary = /\.(?:png|ico|tgz|gz|woff2?)$/;

it.each([
  `import { defineConfig } from 'gatehouse';`,
  `import '@gatehouse/console';`,
  `export * from "gatehouse/testing";`,
  `await import('gatehouse')`,
  `User: 'gatehouse#UserRecord'`,
  '  "name": "gatehouse",',
  '    "gatehouse": "^0.1.0"',
  '    "gatehouse": "file:packed/one.tgz"',
  '"gatehouse": {\n      "optional": true',
  'Run npm install gatehouse@0.2.0 first.',
  '`npm i --save graphql@16 gatehouse`',
  'npm create gatehouse my-api',
  'packages/create-gatehouse/template',
  '[Gatehouse](https://www.npmjs.com/package/gatehouse)',
  'node node_modules/gatehouse/dist/main.js',
  '/tmp/packed/gatehouse-0.1.0.tgz',
  '/tmp/packed/gatehouse-mail-0.1.0.tgz',
])('finds the name of a package of others in %j', (text) => {
  expect(findOldNames(text)).not.toEqual([]);
});

it.each([
  `import { defineConfig } from 'graphql-gatehouse';`,
  'npx gatehouse check',
  'npm install && npx gatehouse generate',
  '"gatehouse": "dist/main.js"',
  'SELECT * FROM gatehouse.users',
  'Bearer realm="gatehouse"',
  'import { createGatehouseClient } from "./create-gatehouse-client.ts";',
  'src/gatehouse/create-gatehouse.ts',
  'systemctl enable --now gatehouse@4001',
  'npm create graphql-gatehouse my-api',
])('leaves its name to the product in %j', (text) => {
  expect(findOldNames(text)).toEqual([]);
});

/** The files of the repository, without those that hold data. */
const files = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && !binary.test(path) && !path.startsWith('test/vectors/'))
  .filter((path) => existsSync(join(repository, path)));

// Before that, another account can register a name, and what it likes is installed.
it.runIf(releaseSettings.npmOwner === null)(
  'asks a registry for no package of ours, in any file, before the names are ours',
  () => {
    const asks =
      /\b(?:npm|npx|pnpm|yarn|bun) (?:i|add|create|exec|install)\b.*graphql-gatehouse(?!.*\.tgz)|npmjs\.com\/package\/@?graphql-gatehouse/;
    const found = files
      .filter((path) => !path.startsWith('test/'))
      .flatMap((path) =>
        readFileSync(join(repository, path), 'utf8')
          .split('\n')
          .filter((line) => asks.test(line))
          .map((line) => `${path}: ${line}`),
      );
    expect(found).toEqual([
      // The page that says what the owner of the names does.
      expect.stringMatching(/^docs\/contributing\/build\.md: 3\. /),
    ]);
  },
);

it('names no package as others do, in any file', () => {
  expect(files.length).toBeGreaterThan(1000);
  const found = files.flatMap((path) => {
    if (exempt.has(path)) return [];
    const text = readFileSync(join(repository, path), 'utf8');
    const parts = path.endsWith('.json') ? [text] : text.split('\n');
    return [path, ...parts].flatMap((part) =>
      part.includes('gatehouse') ? findOldNames(part).map((name) => `${path}: ${name}`) : [],
    );
  });
  expect(found).toEqual([]);
});
