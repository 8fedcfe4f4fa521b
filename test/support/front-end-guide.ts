import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { archiveOf } from '../../scripts/release/archive.ts';
import { readPackages } from '../../scripts/release/packages.ts';
import { runCommands } from './documented-commands.ts';
import { blocksOf, namedBy, readPage } from './documents.ts';
import { build, repository } from './process.ts';
import { runCommand } from './run-cli.ts';

export const frontEndGuide = 'docs/guides/front-end.md';

/** The address of the API in the guide. */
const documentedApi = 'http://127.0.0.1:4000';

/** A front end made by following the guide. */
export interface FollowedFrontEnd {
  readonly folder: string;
  remove(): Promise<void>;
}

const manifestSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});

const readManifest = async (folder: string) =>
  manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));

const installedHere = (name: string) => join(repository, 'node_modules', name);

/**
 * Writes the files of the guide and runs its commands, in their order, outside of this repository. Packages are linked
 * from here in place of a download, and only those that the guide or the template installs.
 *
 * @param api the URL of the API
 */
export async function followFrontEndGuide(api: string): Promise<FollowedFrontEnd> {
  build();
  const parent = await mkdtemp(join(tmpdir(), 'gatehouse-front-end-'));
  const folder = join(parent, 'front-end');
  for (const block of blocksOf(readPage(frontEndGuide))) {
    const file = namedBy(block, 'file');
    const text = block.text.replaceAll(documentedApi, api);
    if (file !== undefined) await writeFile(join(folder, file), text);
    if (block.mark === 'run') {
      for (const line of text.trim().split('\n')) await runLine(line, folder);
    }
  }
  return { folder, remove: () => rm(parent, { recursive: true, force: true }) };
}

async function runLine(line: string, folder: string): Promise<void> {
  const [, version, words] = /^npm create vite@(\S+) front-end -- (.+)$/.exec(line) ?? [];
  if (version !== undefined) return createVite(version, words ?? '', folder);
  const [, packages] = /^npm install (?:--save-dev )?(.+)$/.exec(line) ?? [];
  if (packages !== undefined) return install(packages.split(' '), folder);
  const [, command] = /^npx gatehouse (.+)$/.exec(line) ?? [];
  if (command !== undefined) return runGatehouse(command, folder);
  if (line !== 'cd front-end') await runShell(`cd ${folder}\n${line}`);
}

async function createVite(version: string, words: string, folder: string): Promise<void> {
  const template = installedHere('create-vite');
  if (version !== (await readManifest(template)).version) throw new Error('Another create-vite.');
  const program = [process.execPath, join(template, 'index.js')].join(' ');
  await runShell(`cd ${dirname(folder)}\n${program} front-end ${words}`);
  const { dependencies, devDependencies } = await readManifest(folder);
  // The template's linter is not part of the guide.
  const names = Object.keys({ ...dependencies, ...devDependencies });
  await install(
    names.filter((name) => name !== 'oxlint'),
    folder,
  );
  await symlink(installedHere('.bin'), join(folder, 'node_modules/.bin'));
}

/** Our packages by the files that the guide installs, such as `../my-api/packed/graphql-gatehouse-client-*.tgz`. */
const packedNames = new Map(
  readPackages().map(({ manifest: { name } }) => [
    `../my-api/packed/${archiveOf({ name, version: '*' })}`,
    name,
  ]),
);

/** Links packages, such as `graphql@16`. @throws {Error} when another major version is installed here. */
async function install(packages: readonly string[], folder: string): Promise<void> {
  for (const each of packages) {
    const [, name = '', major] = /^(@?[^@]+)(?:@(\d+))?$/.exec(packedNames.get(each) ?? each) ?? [];
    const { version } = await readManifest(installedHere(name));
    if (major !== undefined && !version.startsWith(`${major}.`)) throw new Error(`Not ${each}.`);
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(installedHere(name), link);
  }
}

async function runGatehouse(command: string, folder: string): Promise<void> {
  const words = command.replaceAll('../front-end', folder).split(' ');
  const project = ['--project', join(repository, 'examples/rooms')];
  const { code, stderr } = await runCommand([...project, ...words], { environment: {} });
  if (code !== 0) throw new Error(`${command}\n${stderr}`);
}

/** @throws {Error} with what the commands printed when one fails. */
async function runShell(commands: string): Promise<void> {
  const { code, output } = await runCommands(commands, [], {});
  if (code !== 0) throw new Error(`${commands}\n${output}`);
}
