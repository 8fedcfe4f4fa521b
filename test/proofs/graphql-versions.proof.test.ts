import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyLibraryTests } from '../support/graphql-versions.ts';
import { type NodeShell, openShell } from '../support/node-shell.ts';
import { readReport, vitestWords } from '../support/packed-contracts.ts';
import { packPackage } from '../support/packed-packages.ts';
import { build, repository } from '../support/process.ts';

/**
 * `npm run proof -- graphql-versions`: the library's own tests, and its packed archives with Yoga and the code generator, on
 * the lowest and the highest version of each major of graphql, each in a folder of its own. `NODE_MAJOR=20` (or 22, 24)
 * takes one Node.js, and `GRAPHQL_VERSION` one version.
 */
const { NODE_MAJOR, GRAPHQL_VERSION, PROPERTY_TRIPLES = '2000' } = process.env;

/** 17.1.0 is the lowest and the highest version of its major. */
const versions = ['16.13.0', '16.15.0', '17.1.0'];
const rows = (NODE_MAJOR === undefined ? ['20', '22', '24'] : [NODE_MAJOR]).map((node) => ({
  node,
  // graphql 17 needs Node.js 22.
  versions: versions.filter(
    (version) =>
      version === (GRAPHQL_VERSION ?? version) && (node !== '20' || version.startsWith('16.')),
  ),
}));

const tell = (line: string) => void process.stdout.write(`${line}\n`);
const isLater = (version: string) => !version.startsWith('16.');

let folder = '';
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-graphql-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(rows)('on Node.js $node, the library', ({ node, versions: chosen }) => {
  let shell: NodeShell;
  beforeAll(async () => {
    shell = await openShell(join(folder, `node-${node}`), node);
  }, 600_000);

  it.each(chosen)('passes its own tests on graphql %s', async (graphql) => {
    const place = join(folder, `tests-${node}-${graphql}`);
    await mkdir(place);
    const { leftOut } = await copyLibraryTests(place, { graphql, isLater: isLater(graphql) });
    await shell.run('npm install --no-audit --no-fund', place);
    const report = join(place, 'report.json');
    const ended = await shell
      .run(`npx vitest ${vitestWords(report).join(' ')}`, place, { PROPERTY_TRIPLES })
      .catch((error: Error) => error);
    const { tallies, failures } = await readReport(report);
    const count = (of: 'cases' | 'held') => tallies.reduce((sum, each) => sum + each[of], 0);
    tell(`  graphql ${graphql} on ${shell.version}: ${count('held')} of ${count('cases')} tests`);
    for (const { file, needs } of leftOut) tell(`    without ${file}, which needs ${needs}`);
    expect(failures).toEqual([]);
    expect(ended).toBeTypeOf('string');
    expect(count('cases')).toBeGreaterThan(2_000);
  });

  it.each(chosen)('works as packed on graphql %s, in Yoga and for its types', async (graphql) => {
    const place = join(folder, `packed-${node}-${graphql}`);
    await cp(join(repository, 'test/support/packed-guards'), place, { recursive: true });
    const paths = ['packages/authorization', 'packages/codegen'];
    const packed = await Promise.all(paths.map((path) => packPackage(path, place)));
    const [cli, preset] = isLater(graphql) ? ['7.4.3', '6.2.0'] : ['6.3.1', '5.3.0'];
    const libraries = [
      `graphql@${graphql}`,
      'graphql-yoga@5.24.1',
      `@graphql-codegen/cli@${cli}`,
      `@graphql-codegen/client-preset@${preset}`,
      'typescript@7.0.2',
      'tsx@4.23.15',
      ...packed.map(({ archive }) => archive),
    ];
    await writeFile(join(place, 'package.json'), '{ "type": "module", "private": true }');
    await shell.run(`npm install --no-audit --no-fund ${libraries.join(' ')}`, place);
    await shell.run('npx tsc -p .', place);
    expect(JSON.parse(await shell.run('npx tsx server.ts', place))).toEqual({
      graphql,
      anonymous: [401, 'Query.invoices'],
      sales: [403, 'Query.invoices(first:)'],
      'sales, in a variable': [403, 'Input.secret'],
      accounting: [200, null],
      'shown to sales': ['invoices', 'version'],
    });
    await shell.run('npx graphql-codegen --config codegen.ts --silent', place);
    const access = await readFile(join(place, 'gql/access.ts'), 'utf8');
    expect(access).toContain('Query.invoices(first:)');
    tell(
      `  packed, with graphql ${graphql} on ${shell.version}: a server, its types and its rules`,
    );
  });
});
