import { existsSync } from 'node:fs';
import { cp, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { commandOf, environmentOf, readStages } from '../support/dockerfile.ts';
import { documentedCommands } from '../support/documented-commands.ts';
import { adminPassword, visitInvoices } from '../support/invoice-visits.ts';
import { describeCommands, type NodeShell, openShell } from '../support/node-shell.ts';
import { build, repository } from '../support/process.ts';
import { readSteps } from '../support/workflow.ts';

/**
 * `npm run proof -- packed-project`: what a newcomer types, from `npm run new` on, in an empty folder, as
 * `docs/contributing/build.md` has it; then the commands of the new project's workflow and of its Dockerfile.
 * `NODE_MAJOR=20` (or 22, 24) does all of it with that Node.js and the npm that comes with it.
 */
let folder = '';
let shell: NodeShell;
/** What the commands of the page printed. */
let tested = '';
const project = () => join(folder, 'my-api');
const pattern = /^ {2}Gatehouse {3}(http:\S+)/;

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-project-'));
  shell = await openShell(join(folder, 'node'), process.env.NODE_MAJOR);
  const [installing, creating = ''] = documentedCommands('docs/contributing', 'new-project').split(
    '\n',
  );
  expect(installing).toBe('npm ci'); // done before any proof
  await shell.run(creating.replace('../my-api', project()), repository);
  tested = await shell.run(documentedCommands('docs/contributing', 'new-project-test'), project());
}, 600_000);
afterAll(async () => {
  process.stdout.write(`${describeCommands(shell)}\n`);
  await rm(folder, { recursive: true, force: true });
});

const warnings = () => shell.commands.flatMap((command) => command.warnings);

/** What a checkout has: no file that `.gitignore` names. */
async function checkOut(name: string): Promise<string> {
  const git = 'git -c user.name=newcomer -c user.email=newcomer@example.com';
  const clone = join(folder, name);
  await shell.run(`git init -q; git add -A; ${git} commit -q --allow-empty -m x`, project());
  await shell.run(`git clone -q ${project()} ${clone}`, folder);
  return clone;
}

/** Returns what the files of a folder take on the disk. */
async function megabytesIn(path: string): Promise<number> {
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await lstat(join(parentPath, name))).blocks),
  );
  return (sizes.reduce((sum, blocks) => sum + blocks, 0) * 512) / 2 ** 20;
}

describe('a new project', () => {
  it('installs, passes its tests and starts, without a warning', async () => {
    expect(tested).toContain('5 passed');
    const environment = { PORT: '0', ADMIN_PASSWORD: adminPassword };
    const { url, stop } = await shell.serve('npm start', project(), { pattern, environment });
    onTestFinished(async () => void (await stop()));
    expect(await visitInvoices(url)).toEqual([401, 403, 200, 200]);
    expect(warnings()).toEqual([]);
  });

  it('passes every step of its workflow, in order, from a checkout', async () => {
    const checkout = await checkOut('checkout');
    const steps = await readSteps(join(checkout, '.github', 'workflows', 'ci.yml'));
    // The step for pull requests needs a base.
    const lines = steps.flatMap(({ run, if: condition }) =>
      condition === undefined ? (run ?? []) : [],
    );
    expect(lines).toHaveLength(3);
    for (const line of lines) await shell.run(line, checkout);
    expect(warnings()).toEqual([]);
  });

  it('is built and served by the commands of its Dockerfile, without the tools of development', async () => {
    const context = await checkOut('context');
    const image = join(folder, 'image');
    const [building = [], running = []] = await readStages(join(context, 'Dockerfile'));
    for (const { name, value } of building) {
      if (name === 'RUN') await shell.run(value, image);
      if (name !== 'COPY') continue;
      const [to = '', ...from] = value.split(' ').reverse();
      for (const path of from)
        await cp(join(context, path), join(image, to.endsWith('/') ? basename(path) : to), {
          recursive: true,
        });
    }
    // Loopback, a free port and a folder of this run, in the place of the image's.
    const own = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(folder, 'data') };
    const { url, stop } = await shell.serve(`exec ${commandOf(running).join(' ')}`, image, {
      pattern,
      environment: {
        ...environmentOf(running),
        ...own,
        DATABASE: 'embedded',
        ADMIN_PASSWORD: adminPassword,
      },
    });
    onTestFinished(async () => void (await stop('SIGKILL')));
    expect(await visitInvoices(url)).toEqual([401, 403, 200, 200]);
    expect(await stop()).toBe(0);
    expect(existsSync(join(image, 'node_modules', 'vitest'))).toBe(false);
    expect(await megabytesIn(join(image, 'node_modules'))).toBeLessThan(200);
    expect(warnings()).toEqual([]);
  });
});
