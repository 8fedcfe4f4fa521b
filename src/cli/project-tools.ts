import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CliContext } from './command.ts';

/** A command of a library that the project has installed. */
interface Tool {
  readonly library: string;
  readonly command: string;
}

export const prisma: Tool = { library: 'prisma', command: 'prisma' };
export const codegen: Tool = { library: '@graphql-codegen/cli', command: 'graphql-codegen' };

export const hasCodegen = (folder: string): boolean => existsSync(join(folder, 'codegen.ts'));

/** Runs a tool in the project's folder until it ends. @throws {Error} with what it printed */
export function runTool(
  { directory, environment }: Pick<CliContext, 'directory' | 'environment'>,
  tool: Tool,
  words: readonly string[],
): void {
  const folder = directory();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [findCommand(folder, tool), ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      // Generating needs no schema engine: naming any existing file keeps Prisma from downloading one.
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...environment },
    },
  );
  if (status !== 0) throw new Error(`${tool.command} failed:\n${stdout}${stderr}`.trimEnd());
}

function findCommand(folder: string, { library, command }: Tool): string {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve(`${library}/package.json`);
    const { bin }: { readonly bin: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(manifest, 'utf8'),
    );
    return join(dirname(manifest), bin[command] ?? '');
  } catch (cause) {
    throw new Error(`${library} is not installed: npm install --save-dev ${library}`, { cause });
  }
}
