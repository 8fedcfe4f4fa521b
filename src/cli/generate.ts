import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createSchemaReport, generatedSchemaPath } from '../operator.ts';
import type { CliContext } from './command.ts';

type GenerateContext = Pick<CliContext, 'print' | 'directory' | 'project' | 'environment'>;

/** A tool that `generate` runs failed, or is not installed. */
export class GenerateError extends Error {
  override readonly name = 'GenerateError';
}

/**
 * `generate`: the Prisma client if there is a `prisma/schema.prisma`, the composed schema, and the types of
 * `codegen.ts` if there is one. In this order: each step reads what the one before it wrote.
 *
 * @throws {GenerateError}
 */
export async function runGenerate(context: GenerateContext): Promise<void> {
  const { print, directory, project } = context;
  const folder = directory();
  if (existsSync(join(folder, 'prisma', 'schema.prisma'))) {
    runTool(context, { library: 'prisma', command: 'prisma', words: ['generate'] });
    print('generated the Prisma client');
  }
  const loaded = await project();
  const file = generatedSchemaPath(loaded);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${createSchemaReport(loaded).print().trimEnd()}\n`);
  print(`wrote ${file}`);
  if (!existsSync(join(folder, 'codegen.ts'))) return;
  runTool(context, {
    library: '@graphql-codegen/cli',
    command: 'graphql-codegen',
    words: ['--config', 'codegen.ts', '--silent'],
  });
  print('generated the types of codegen.ts');
}

/** A command of a library that the project has installed. */
interface Tool {
  readonly library: string;
  readonly command: string;
  readonly words: readonly string[];
}

function runTool(
  { directory, environment }: GenerateContext,
  { library, command, words }: Tool,
): void {
  const folder = directory();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [findCommand(folder, { library, command }), ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      // Generating needs no schema engine: naming any existing file keeps Prisma from downloading one.
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...environment },
    },
  );
  if (status !== 0) throw new GenerateError(`${command} failed:\n${stdout}${stderr}`.trimEnd());
}

function findCommand(folder: string, { library, command }: Omit<Tool, 'words'>): string {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve(`${library}/package.json`);
    const { bin }: { readonly bin: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(manifest, 'utf8'),
    );
    return join(dirname(manifest), bin[command] ?? '');
  } catch (cause) {
    throw new GenerateError(`${library} is not installed: npm install --save-dev ${library}`, {
      cause,
    });
  }
}
