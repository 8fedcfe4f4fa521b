// `npm run new -- ../my-api`: a new project outside of this repository, with the packages of this repository as files in
// its folder `packed`. It asks a registry for none of our names.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { archiveOf } from './release/archive.ts';
import { packPackages } from './release/pack.ts';
import {
  readManifest,
  readPackages,
  root,
  withOwnRanges,
  writeManifest,
} from './release/packages.ts';

const usage = 'Usage: npm run new -- ../my-api';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'no-install': { type: 'boolean', default: false } },
});
const [name, ...rest] = positionals;
if (name === undefined || rest.length > 0) fail(usage);
// npm runs scripts in the root of the repository, wherever it was called.
const started = process.env.INIT_CWD ?? process.cwd();
const folder = resolve(started, name);
if (!relative(root, folder).startsWith('..')) {
  fail(`${folder} is in this repository: choose a folder outside of it. ${usage}`);
}

const packages = readPackages();
create();
await packPackages(packages, join(folder, 'packed'));
useFiles();
if (!values['no-install']) run('npm', ['install', '--no-audit', '--no-fund'], folder);
process.stdout.write(`
Created ${name}, with the packages of this repository in its folder packed. Next:

  cd ${name}${values['no-install'] ? '\n  npm install' : ''}
  npm test
  npm run dev

Another package, for example the console: npm install ./packed/${archiveNamed('console')}

`);

/** Copies the template, by the program of `create-graphql-gatehouse`. */
function create(): void {
  const program = join(root, 'packages/create-graphql-gatehouse/src/main.mjs');
  try {
    execFileSync(process.execPath, [program, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    process.exit(1); // it has said why
  }
}

/** Lets the project take our packages, and those that they need, from its folder `packed`, in its image as well. */
function useFiles(): void {
  const files = new Map(
    packages.map(({ manifest }) => [manifest.name, `file:packed/${archiveOf(manifest)}`]),
  );
  const fileOf = (own: string, range: string) => files.get(own) ?? range;
  const manifest = withOwnRanges(readManifest('.', folder), new Set(files.keys()), fileOf);
  const library = '@graphql-gatehouse/authorization';
  manifest.dependencies = { ...manifest.dependencies, [library]: fileOf(library, '') };
  writeManifest('.', manifest, folder);
  const image = join(folder, 'Dockerfile');
  const text = readFileSync(image, 'utf8');
  writeFileSync(image, text.replaceAll(/^COPY package\.json .*$/gm, '$&\nCOPY packed packed'));
}

function archiveNamed(part: string): string {
  const found = packages.find((each) => each.folder === `packages/${part}`);
  return found === undefined ? '' : archiveOf(found.manifest);
}

function run(command: string, words: readonly string[], cwd: string): void {
  execFileSync(command, words, { cwd, stdio: 'inherit' });
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
