import { existsSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { importsOf } from '../architecture-module.ts';
import { repository } from './process.ts';

/** What does not run on graphql 17: Apollo Server and its subgraphs. */
const needsGraphql16 = /^@apollo\//;
/** What files that tests share import where graphql 16 is installed alone. */
const optional: readonly string[] = ['test/authorization/apollo-host.ts'];
/** What is compiled, where graphql 16 executes. */
const needsCompiled = /\/execute[-.]/;
/** What tests read, or start as processes of their own. */
const read: readonly string[] = [
  'docs/reference/authorization.md',
  'tsconfig.json',
  'test/authorization/children',
  'test/vectors/wycheproof',
];
/** The tests of the whole of Gatehouse, whose server is Apollo's. */
const needsGatehouse = /^(src|examples|scripts)\//;

/** A version of graphql, and whether it is a later major than that of the whole of Gatehouse. */
export interface GraphqlVersion {
  readonly graphql: string;
  readonly isLater: boolean;
}

/** The tests of the library that were copied, and those that were left out, with what they need. */
export interface CopiedTests {
  readonly files: readonly string[];
  readonly leftOut: readonly { readonly file: string; readonly needs: string }[];
}

/**
 * Copies the library, its tests and what they import into a folder, with a manifest of the libraries that they need: those
 * of this repository, with another graphql.
 */
export async function copyLibraryTests(
  folder: string,
  version: GraphqlVersion,
): Promise<CopiedTests> {
  const names = (await readdir(join(repository, 'test/authorization')))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/authorization/${name}`);
  const files: string[] = [];
  const leftOut: { file: string; needs: string }[] = [];
  const libraries = new Set(['vitest', 'vite', 'typescript', 'tsx']);
  const copied = new Set<string>();
  for (const file of names) {
    const reached = reachedFrom(file, version.isLater);
    const needs =
      reached.files.find((each) => needsGatehouse.test(each)) ??
      (version.isLater ? neededOf16(file, reached) : undefined);
    if (needs !== undefined) {
      leftOut.push({ file, needs });
      continue;
    }
    files.push(file);
    for (const each of reached.files) copied.add(each);
    for (const each of reached.libraries) libraries.add(each);
  }
  for (const path of [...copied, ...read]) {
    await cp(join(repository, path), join(folder, path), { recursive: true });
  }
  await writeManifest(folder, version.graphql, [...libraries]);
  await writeFile(join(folder, 'vitest.config.ts'), configOf(version));
  return { files, leftOut };
}

const neededOf16 = (file: string, { libraries }: { readonly libraries: readonly string[] }) =>
  libraries.find((each) => needsGraphql16.test(each)) ??
  (needsCompiled.test(file) ? 'compiled operations' : undefined);

/** The packages by name, with the files that `paths` of tsconfig.json has for them. */
const paths = z
  .object({ compilerOptions: z.object({ paths: z.record(z.string(), z.tuple([z.string()])) }) })
  .parse(JSON.parse(readFileSync(join(repository, 'tsconfig.json'), 'utf8'))).compilerOptions.paths;

/** Follows the imports of a test, types too. */
function reachedFrom(test: string, isLater: boolean) {
  const files = new Set<string>();
  const libraries = new Set<string>();
  const waiting = [test];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(repository, file), 'utf8');
    for (const { from = '', isType } of importsOf(file, text)) {
      const inside = from.startsWith('.') ? join(dirname(file), from) : paths[from]?.[0];
      if (inside !== undefined) {
        const isLeftOut = isLater && file !== test && optional.includes(inside);
        if (!isLeftOut && existsSync(join(repository, inside))) waiting.push(inside);
      } else if (!isType && from !== '' && !from.startsWith('node:')) {
        libraries.add(from.split('/', from.startsWith('@') ? 2 : 1).join('/'));
      }
    }
  }
  return { files: [...files], libraries: [...libraries] };
}

async function writeManifest(
  folder: string,
  graphql: string,
  libraries: readonly string[],
): Promise<void> {
  const names = z.record(z.string(), z.string());
  const { dependencies, devDependencies } = z
    .object({ dependencies: names, devDependencies: names })
    .parse(JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')));
  const versions: Record<string, string> = { ...dependencies, ...devDependencies, graphql };
  const wanted = libraries.map((name) => [name, versions[name] ?? 'missing in package.json']);
  const manifest = { type: 'module', private: true, dependencies: Object.fromEntries(wanted) };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
}

/** Without the alias, the tests would load another copy of graphql than other libraries: for CommonJS, or with more checks. */
const configOf = ({ isLater }: GraphqlVersion): string => `import { fileURLToPath } from 'node:url';
const paths = ${JSON.stringify(Object.fromEntries(Object.entries(paths).map(([name, [file]]) => [name, file])))};
const packages = Object.entries(paths).map(([name, file]) => ({
  find: new RegExp('^' + name + '$'),
  replacement: fileURLToPath(new URL(file, import.meta.url)),
}));
const graphql = { find: /^graphql$/, replacement: ${isLater ? "fileURLToPath(import.meta.resolve('graphql'))" : "'graphql/index.js'"} };
export default {
  resolve: { alias: [graphql, ...packages] },
  test: { isolate: false, testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } },
};
`;
