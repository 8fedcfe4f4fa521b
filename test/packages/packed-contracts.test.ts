import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hosts } from '../contracts/hosts.ts';
import { copyContracts, readReport, vitestWords } from '../support/packed-contracts.ts';
import { installPacked } from '../support/packed-packages.ts';
import { build, nodeSettings } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';

/** A sample of `npm run proof -- packed-hosts`, which installs the libraries and asks every host. */
const host = 'Fastify with Apollo Server';

let folder = '';
beforeAll(async () => {
  if (!isWhole) return;
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-contracts-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const libraries = await copyContracts(folder);
  await installPacked(folder, ['.', 'packages/authorization'], libraries);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('imports nothing of this repository that is not copied beside it', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'gatehouse-contracts-'));
  expect(await copyContracts(copy)).toContain('vitest');
  await rm(copy, { recursive: true });
});

it.runIf(isWhole)(
  'passes the contract of a host from packed packages, beside links to the libraries of this repository',
  async () => {
    const program = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
    const report = join(folder, 'report.json');
    const files = ['test/contracts/hosts.test.ts', 'test/installed.test.ts'];
    const words = [
      ...vitestWords(report),
      '-t',
      `^('${host}'|graphql-gatehouse|@graphql-gatehouse)`,
      ...files,
    ];
    const { PATH, HOME } = process.env;
    await promisify(execFile)(process.execPath, [program, ...words], {
      cwd: folder,
      env: { PATH, HOME, ...nodeSettings() },
    }).catch(() => undefined); // the report says what failed
    const { tallies, failures } = await readReport(report);
    expect(failures).toEqual([]);
    expect(tallies).toHaveLength(3);
    expect(hosts.map(({ name }) => name)).toContain(host);
    expect(tallies.find(({ name }) => name === host)?.held).toBeGreaterThan(50);
  },
  300_000,
);
