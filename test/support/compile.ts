import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './process.ts';

const run = promisify(execFile);

/** Compiles files of a folder strictly. Returns what the compiler says: nothing, if it finds no error. */
export function compile(folder: string, words: readonly string[]): Promise<string> {
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const strict = ['--singleThreaded', '--strict', '--target', 'es2022'];
  return run(process.execPath, [compiler, ...strict, ...words], { cwd: folder }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => String(stdout),
  );
}
