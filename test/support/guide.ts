import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runCommands } from './documented-commands.ts';
import { type Block, blocksOf, namedBy, readPage } from './documents.ts';
import { build, type Environment, nodeSettings, repository } from './process.ts';
import { runCommand } from './run-cli.ts';
import { unpackDatabase } from './unpack-database.ts';

/** A page, followed in a project of its own. */
export interface FollowedPage {
  readonly folder: string;
  /** Settings of its commands: among them a data folder with a migrated database. */
  readonly settings: Environment;
  /** What its commands printed. */
  readonly printed: string;
}

/** What a page is followed in: an empty folder, the demo, or a new project. */
type Start = 'nothing' | 'demo' | 'template';

const sources = {
  demo: 'examples/rooms',
  template: 'packages/create-graphql-gatehouse/template',
} as const;

export interface Guides {
  /** Writes the files of a page and runs its commands, in their order. Once, however often it is called. */
  follow(page: string, from: Start): Promise<FollowedPage>;
  /** Follows a page in the project of another one, as who has followed that before. */
  followAfter(before: FollowedPage, page: string): Promise<FollowedPage>;
  /** The compiler's complaints about all projects so far, with the names of their pages; empty when there are none. */
  typeCheck(): string;
}

/**
 * Creates projects in the repository. In a process of their own they import the built `graphql-gatehouse`, here its sources.
 * Pages that change no file of the project that they begin with share one copy of it.
 */
export function useGuides(): Guides {
  let root = '';
  const followed = new Map<string, Promise<FollowedPage>>();
  const projects = new Map<string, Promise<Project>>();
  const projectOf = (page: string, from: Start): Promise<Project> => {
    const changes = blocksOf(readPage(page)).some((block) => fileOf(block) !== undefined);
    const name = from !== 'nothing' && !changes ? from : nameOf(page);
    const project = projects.get(name) ?? createProject(join(root, name), from);
    projects.set(name, project);
    return project;
  };
  beforeAll(async () => {
    build();
    await mkdir(join(repository, 'reports'), { recursive: true });
    root = await mkdtemp(join(repository, 'reports', 'guides-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return {
    follow(page, from) {
      const before = followed.get(page);
      const following =
        before ?? projectOf(page, from).then((project) => followPage(page, project));
      followed.set(page, following);
      return following;
    },
    // This process has imported the project already: commands need one of their own.
    followAfter: (before, page) => followPage(page, before, { inProcess: false }),
    typeCheck: () => typeCheck(root),
  };
}

/** A name for the files of a page, which no other page has. */
const nameOf = (page: string): string => page.replace(/\.md$/, '').replaceAll('/', '-');

type Project = Omit<FollowedPage, 'printed'>;

async function createProject(folder: string, from: Start): Promise<Project> {
  const settings = { DATA_DIR: join(folder, 'data'), BCRYPT_COST: '4' };
  // Without a manifest of its own, the project belongs to the repository's package and imports it by its name.
  const filter = (path: string) => basename(path) !== 'package.json';
  if (from !== 'nothing') {
    await cp(join(repository, sources[from]), folder, { recursive: true, filter });
  }
  await unpackDatabase(settings.DATA_DIR, from === 'demo' ? 'demo' : 'gatehouse');
  return { folder, settings };
}

async function followPage(
  page: string,
  { folder, settings }: Project,
  { inProcess } = { inProcess: true },
): Promise<FollowedPage> {
  let printed = '';
  const blocks = blocksOf(readPage(page));
  const lastModule = blocks.findLastIndex((block) => fileOf(block)?.endsWith('.ts'));
  for (const [index, block] of blocks.entries()) {
    const [file, addition] = [namedBy(block, 'file'), namedBy(block, 'append')];
    if (file !== undefined) await write(join(folder, file), block.text);
    if (addition !== undefined) await appendFile(join(folder, addition), `\n${block.text}`);
    const insertion = namedBy(block, 'insert');
    if (insertion !== undefined) await insert(join(folder, insertion), block.text);
    const patched = namedBy(block, 'patch');
    if (patched !== undefined) await patch(join(folder, patched), block.text);
    const typed = `test/${nameOf(page)}-${index}.ts`;
    if (isTypeChecked(block)) await write(join(folder, typed), block.text);
    if (block.mark !== 'run') continue;
    const words = inProcess && index > lastModule ? wordsHere(block, folder) : undefined;
    printed += await (words === undefined
      ? runBlock(block, folder, settings)
      : runHere(words, folder, settings));
  }
  return { folder, settings, printed };
}

const fileOf = (block: Block): string | undefined =>
  namedBy(block, 'file') ??
  namedBy(block, 'append') ??
  namedBy(block, 'insert') ??
  namedBy(block, 'patch');

/**
 * Returns the words of each command of a block that can run in this process, one of Gatehouse's, with the paths of files
 * in the folder. A process imports a module once, so these commands must come after the last change of a module.
 */
function wordsHere({ text }: Block, folder: string): readonly (readonly string[])[] | undefined {
  const lines = text.trim().split('\n');
  const commands = lines.flatMap((line) => {
    const [, words] = /^npx gatehouse ([\w. -]+)$/.exec(line.trim()) ?? [];
    // A folder can have the name of a command.
    const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile();
    const toPath = (word: string, index: number, all: readonly string[]) =>
      all[index - 1] === '--output' || isFile(join(folder, word)) ? join(folder, word) : word;
    return words === undefined ? [] : [words.split(' ').map(toPath)];
  });
  return commands.length === lines.length ? commands : undefined;
}

/** Runs commands in this process, which saves a second of processor time for each. @throws as `runBlock` does. */
async function runHere(
  commands: readonly (readonly string[])[],
  folder: string,
  settings: Environment,
): Promise<string> {
  let printed = '';
  for (const words of commands) {
    const given = { environment: { ...nodeSettings(), ...settings } };
    const { code, stdout, stderr } = await runCommand(['--project', folder, ...words], given);
    if (code !== 0) throw new Error(`${words.join(' ')}\n${stdout}${stderr}`);
    printed += stdout;
  }
  return printed;
}

/** Runs a block in a shell. @throws {Error} with what the commands printed when one fails. */
async function runBlock({ text }: Block, folder: string, settings: Environment): Promise<string> {
  const program = `${process.execPath} ${join(repository, 'dist/main.js')}`;
  const { code, output } = await runCommands(
    `cd ${folder}\n${text}`,
    [['npx gatehouse', program]],
    { ...nodeSettings(), ...settings },
  );
  if (code !== 0) throw new Error(`${text}\n${output}`);
  return output;
}

/** Inserts a block below its first line, which the file has. */
async function insert(path: string, text: string): Promise<void> {
  const file = await readFile(path, 'utf8');
  const first = text.slice(0, text.indexOf('\n') + 1);
  if (!file.includes(first)) throw new Error(`${path} has no line ${first}`);
  await writeFile(
    path,
    file.replace(first, () => text),
  );
}

/** Applies a block in the form of `diff`. Its lines may lack a comment that the file has at their end. */
async function patch(path: string, text: string): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  let place = 0;
  const changes = text.split('\n').map((each) => [each[0], each.slice(1)] as const);
  let done = -1;
  for (const [at, [mark = '', line = '']] of changes.entries()) {
    if (mark === '' || at === done) continue;
    if (mark === '+') lines.splice(place, 0, line);
    const [, added = ''] = changes[at + 1] ?? [];
    if (mark === '-' && !lines.includes(line) && addToList(lines, { line, added })) {
      done = at + 1;
      continue;
    }
    const found = lines.findIndex(
      (each, index) => index >= place && (each === line || each.startsWith(`${line} //`)),
    );
    if (found < 0) throw new Error(`${path} has no line ${line}`);
    if (mark === '-') lines.splice(found, 1);
    place = mark === '-' ? found : found + 1;
  }
  await writeFile(path, lines.join('\n'));
}

/**
 * Adds to a list, such as `domains: [a],`, what a page adds to it, where an earlier page has added something else. Returns
 * whether there is such a list.
 */
function addToList(
  lines: string[],
  { line, added }: { readonly line: string; readonly added: string },
): boolean {
  const [list = ''] = /^ *\w+: \[[^\]]*/.exec(line) ?? [];
  const place = lines.findIndex((each) => list !== '' && each.startsWith(list));
  if (place < 0 || !added.startsWith(list)) return false;
  const names = added.slice(list.length).replace(/\],$/, '');
  lines[place] = (lines[place] ?? '').replace(/\],$/, `${names}],`);
  return true;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function typeCheck(folder: string): string {
  const config = {
    extends: join(repository, 'tsconfig.json'),
    compilerOptions: { paths: {} }, // as in a user's project, the types of the built packages
    include: ['**/*.ts'],
  };
  const file = join(folder, 'tsconfig.json');
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  writeFileSync(file, JSON.stringify(config));
  const words = [compiler, '--singleThreaded', '--project', file];
  return spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout;
}

/** Whether a block is type-checked: what it imports may be a later part of the product. */
const isTypeChecked = (block: Block): boolean => {
  const needed = namedBy(block, 'types');
  return block.mark === 'types' || (needed !== undefined && isExported(needed));
};

/**
 * Whether a module of the repository is exported, and a name by it.
 *
 * @param needed a module, such as `graphql-gatehouse/testing`, and optionally a name that it exports.
 */
export function isExported(needed: string): boolean {
  const [module = '', name] = needed.split(' ');
  const { paths }: { readonly paths: Readonly<Record<string, readonly string[]>> } = JSON.parse(
    readFileSync(join(repository, 'tsconfig.json'), 'utf8'),
  ).compilerOptions;
  const [file] = paths[module] ?? [];
  if (file === undefined || !existsSync(join(repository, file))) return false;
  return name === undefined || readFileSync(join(repository, file), 'utf8').includes(name);
}
