import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hosts } from '../contracts/hosts.ts';
import { describeCommands, type NodeShell, openShell } from '../support/node-shell.ts';
import { copyContracts, readReport, type Tally, vitestWords } from '../support/packed-contracts.ts';
import { packPackage } from '../support/packed-packages.ts';
import { build, repository } from '../support/process.ts';

/**
 * `npm run proof -- packed-hosts`: the examples and the contract of hosts, copied into an empty folder, in which
 * npm installs the packed packages and each host's own libraries. `NODE_MAJOR=20` (or 22, 24) does all of it with
 * that Node.js and the npm that comes with it, and `GRAPHQL_VERSION` with that graphql. `TEST_DATABASE_URL` adds the data clients on PostgreSQL.
 */
const { NODE_MAJOR, GRAPHQL_VERSION, TEST_DATABASE_URL } = process.env;

const tell = (line: string) => void process.stdout.write(`${line}\n`);

let folder = '';
let shell: NodeShell;
const project = () => join(folder, 'hosts');

/** The libraries with the versions of this repository, and no Gatehouse yet. */
async function writeManifest(libraries: readonly string[]): Promise<void> {
  const names = z.record(z.string(), z.string());
  const { dependencies, devDependencies } = z
    .object({ dependencies: names, devDependencies: names })
    .parse(JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')));
  const versions: Record<string, string> = { ...dependencies, ...devDependencies };
  if (GRAPHQL_VERSION !== undefined) versions.graphql = GRAPHQL_VERSION;
  const manifest = {
    type: 'module',
    private: true,
    // As docs/guides/existing-server.md says.
    allowScripts: { '@apollo/protobufjs': false, bcrypt: false, esbuild: false },
    dependencies: Object.fromEntries(
      libraries.map((name) => [name, versions[name] ?? 'missing in package.json']),
    ),
  };
  await writeFile(join(project(), 'package.json'), JSON.stringify(manifest, null, 2));
}

async function packAll(): Promise<string> {
  const paths = ['.', 'packages/authorization', 'packages/rights'];
  const packed = paths.map((path) => packPackage(path, join(folder, 'archives')));
  return (await Promise.all(packed)).map(({ archive }) => archive).join(' ');
}

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-hosts-'));
  shell = await openShell(join(folder, 'node'), NODE_MAJOR);
  await writeManifest(await copyContracts(project()));
  await shell.run('npm install', project());
  await shell.run(`npm install ${await packAll()}`, project());
}, 600_000);
afterAll(async () => {
  tell(describeCommands(shell));
  await rm(folder, { recursive: true, force: true });
});

/** Runs test files in the folder, and prints how many cases of each group held. */
async function runThere(files: string, environment: Readonly<Record<string, string>> = {}) {
  const report = join(folder, 'report.json');
  const line = `npx vitest ${vitestWords(report).join(' ')} ${files}`;
  const ended = await shell.run(line, project(), environment).catch((error: Error) => error);
  const { tallies, failures } = await readReport(report);
  for (const { name, cases, held } of tallies) tell(`  ${`${held} / ${cases}`.padEnd(8)} ${name}`);
  expect(failures).toEqual([]);
  expect(ended).toBeTypeOf('string');
  return tallies;
}
const casesOf = (tallies: readonly Tally[], name: string) =>
  tallies.find((each) => each.name === name)?.cases;

describe('the packed packages, in an empty folder', () => {
  it('install without a warning beside those of the hosts themselves', () => {
    const [libraries, packages] = shell.commands;
    expect(packages?.line).toContain('gatehouse');
    expect(packages?.warnings.filter((each) => !libraries?.warnings.includes(each))).toEqual([]);
  });

  it('keep the contract in every host, and run the examples', async () => {
    const tallies = await runThere('', { WHOLE_SAMPLES: 'true' });
    // A host that does not see repeated headers has one case less.
    const contract = hosts.map(
      ({ name, seesRepeatedHeaders }) =>
        (casesOf(tallies, name) ?? 0) + (seesRepeatedHeaders ? 0 : 1),
    );
    expect(new Set(contract).size).toBe(1);
    expect(contract[0]).toBeGreaterThan(50);
    expect(casesOf(tallies, 'graphql-gatehouse is the package that is installed here')).toBe(1);
    expect(casesOf(tallies, "changes by 'Drizzle'")).toBe(5);
  });

  it.skipIf(TEST_DATABASE_URL === undefined)(
    'change data by Drizzle, Kysely and pg on PostgreSQL',
    async () => {
      const environment = { TEST_DATABASE_URL: TEST_DATABASE_URL ?? '' };
      const tallies = await runThere('test/api/data-clients.test.ts', {
        ...environment,
        TEST_DATABASE_KIND: 'postgresql',
      });
      expect(tallies).toHaveLength(3);
    },
  );
});
