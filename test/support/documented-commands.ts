import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repository } from './process.ts';

/** What stands in a document for something of one's own, and what it is in a test. */
export type Replacements = readonly (readonly [inDocument: string, here: string])[];

/** The commands that a document has in the block of code under `<!-- run: NAME -->`. */
export function documentedCommands(document: string, name: string): string {
  const page = readFileSync(join(repository, document), 'utf8');
  const [, commands] = page.split(`<!-- run: ${name} -->\n\n\`\`\`sh\n`);
  if (commands === undefined) throw new Error(`${document} has no commands "${name}".`);
  return commands.slice(0, commands.indexOf('```'));
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
