import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommands } from './documented-commands.ts';
import { type Block, blocksOf, namedBy, readPage } from './documents.ts';
import { type Environment, repository } from './process.ts';

/** A project of somebody who follows a guide. */
export interface GuideProject {
  readonly folder: string;
  /** Writes the files of the guide and runs its commands, in their order. @returns what the commands print */
  follow(page: string, environment: Environment): Promise<string>;
  /** The compiler's complaints, empty when there are none. */
  typeCheck(): string;
}

/** Makes an empty project, or a copy of the demo. In the repository: there, `gatehouse` is the built package. */
export async function createGuideProject(from: 'nothing' | 'demo'): Promise<GuideProject> {
  await mkdir(join(repository, 'reports'), { recursive: true });
  const folder = await mkdtemp(join(repository, 'reports', 'guide-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (from === 'demo') await cp(join(repository, 'examples/rooms'), folder, { recursive: true });
  const replacements = [['npx gatehouse', `node ${join(repository, 'dist/main.js')}`]] as const;

  async function followBlock(block: Block, index: number, environment: Environment) {
    const [file, addition] = [namedBy(block, 'file'), namedBy(block, 'append')];
    if (file !== undefined) await write(join(folder, file), block.text);
    if (addition !== undefined) await appendFile(join(folder, addition), `\n${block.text}`);
    if (isTypeChecked(block)) await write(join(folder, `test/block-${index}.ts`), block.text);
    if (block.mark !== 'run') return '';
    const run = await runCommands(`cd ${folder}\n${block.text}`, replacements, environment);
    if (run.code !== 0) throw new Error(`${block.text}\n${run.output}`);
    return run.output;
  }

  return {
    folder,
    async follow(page, environment) {
      let printed = '';
      for (const [index, block] of blocksOf(readPage(page)).entries()) {
        printed += await followBlock(block, index, environment);
      }
      return printed;
    },
    typeCheck: () => typeCheck(folder),
  };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function typeCheck(folder: string): string {
  const config = { extends: join(repository, 'tsconfig.json'), include: ['**/*.ts'] };
  const file = join(folder, 'tsconfig.json');
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  writeFileSync(file, JSON.stringify(config));
  const words = [compiler, '--project', file];
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
 * @param needed a module, such as `gatehouse/testing`, and optionally a name that it exports.
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
