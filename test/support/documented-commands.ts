import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { blocksOf, namedBy, pagesBelow, readPage } from './documents.ts';
import { repository } from './process.ts';

/** What stands in a document for something of one's own, and what it is in a test. */
export type Replacements = readonly (readonly [inDocument: string, here: string])[];

/** The commands that the pages of a folder have in the block under `<!-- run: NAME -->`. */
export function documentedCommands(folder: string, name: string): string {
  const [block, ...others] = pagesBelow(folder)
    .flatMap((page) => blocksOf(readPage(page)))
    .filter((each) => namedBy(each, 'run') === name);
  if (block === undefined) throw new Error(`${folder} has no commands "${name}".`);
  if (others.length > 0) throw new Error(`${folder} has several commands "${name}".`);
  return block.text;
}

export interface CommandRun {
  readonly code: number | null;
  /** What it said, on standard output and standard error. */
  readonly output: string;
}

/** Runs commands as they are typed, in the root of the repository; the first that fails is the last. */
export async function runCommands(
  commands: string,
  replacements: Replacements,
  environment: Readonly<Record<string, string>>,
): Promise<CommandRun> {
  const here = replacements.reduce(
    (before, [inDocument, replacement]) => before.replaceAll(inDocument, replacement),
    commands,
  );
  const bash = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', `exec 2>&1\n${here}`], {
    cwd: repository,
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await text(bash.stdout);
  const code = bash.exitCode ?? (await new Promise<number | null>((r) => bash.once('exit', r)));
  return { code, output };
}
