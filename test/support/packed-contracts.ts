import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { repository } from './process.ts';

/**
 * What tests of the hosts and of the data clients consist of. They import `graphql-gatehouse` by its name and nothing
 * of `src`, so they run in any folder in which the packages are installed.
 */
const files = [
  'apollo-standalone',
  'express',
  'fastify',
  'hono',
  'yoga',
  'pothos',
  'invoices',
  'organizations',
  'data-clients',
  'apollo-server.mjs',
  'yoga.mjs',
  'code-first.mjs',
  'invoices.mjs',
  'subgraph',
  'router/deliveries.graphql',
  'router/deliveries.mjs',
].map((name) => `examples/${name}`);
const tests = [
  'contracts',
  'examples/examples.test.ts',
  'api/data-clients.test.ts',
  ...[
    'ask',
    'listen-locally',
    'open-resources',
    'postgres-database',
    'postgres-frames',
    'sample',
    'statement-proxy',
    'unpack-database',
  ].map((name) => `support/${name}.ts`),
].map((name) => `test/${name}`);

/** A test of the folder itself: nothing leads from it to the sources of this repository. */
const installedTest = `import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));

it.each(['graphql-gatehouse', '@graphql-gatehouse/authorization'])('%s is the package that is installed here', (name) => {
  expect(fileURLToPath(import.meta.resolve(name)).startsWith(packages + name + '/dist/')).toBe(true);
});
`;

/**
 * Copies the examples and their tests into a folder. Returns the libraries that they import, without Gatehouse's.
 *
 * @throws {Error} when a copied file imports one that is not.
 */
export async function copyContracts(folder: string): Promise<readonly string[]> {
  for (const path of [...files, ...tests])
    await cp(join(repository, path), join(folder, path), { recursive: true });
  await writeFile(join(folder, 'test', 'installed.test.ts'), installedTest);
  const copied = await readdir(folder, { recursive: true });
  const modules = await Promise.all(
    copied
      .filter((path) => /\.(ts|mjs)$/.test(path))
      .map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })),
  );
  for (const module of modules) requireImports(folder, module);
  const names = modules.flatMap(({ text }) =>
    [...text.matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)(?:\/[\w/-]+)?';$/gm)].flatMap(
      ([, name = '']) => name,
    ),
  );
  return [...new Set(names)]
    .filter((name) => !/^(@graphql-gatehouse\/|graphql-gatehouse$)/.test(name))
    .sort();
}

function requireImports(folder: string, { path, text }: { path: string; text: string }): void {
  for (const [, imported = ''] of text.matchAll(/ from '(\.\.?\/[^']+)';$/gm)) {
    if (existsSync(join(folder, dirname(path), imported))) continue;
    throw new Error(`${path} imports ${imported}, which is not copied.`);
  }
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** How many tests of one host, data client or example passed. */
export interface Tally {
  readonly name: string;
  readonly cases: number;
  readonly held: number;
}

/** The tests that ran, by the outermost group, and all that failed. Reads the report that vitest's `json` reporter writes. */
export async function readReport(path: string) {
  const { testResults } = reportSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed');
  // Vitest puts a `$name` of several words in quotes.
  const groupOf = ({ ancestorTitles: [group], title }: (typeof ran)[number]) =>
    (group ?? title).replace(/^'(.*)'$/, '$1');
  const tallies = [...new Set(ran.map(groupOf))].map((name): Tally => {
    const cases = ran.filter((each) => groupOf(each) === name);
    const held = cases.filter(({ status }) => status === 'passed');
    return { name, cases: cases.length, held: held.length };
  });
  const failures = [
    ...testResults.map(({ message }) => message).filter((message) => message !== ''),
    ...ran.flatMap(({ title, failureMessages }) =>
      (failureMessages ?? []).map((message) => `${title}: ${message}`),
    ),
  ];
  return { tallies, failures };
}

/** The words with which vitest writes such a report. No configuration: nothing says that a package is elsewhere. */
export const vitestWords = (report: string): readonly string[] => [
  'run',
  '--reporter=json',
  `--outputFile=${report}`,
  '--maxWorkers=1',
  '--testTimeout=120000',
  '--hookTimeout=120000',
];
