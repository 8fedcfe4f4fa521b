import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSchemaReport } from '../../gatehouse/schema-report.ts';
import { generatedSchemaPath } from '../../schema/project-files.ts';
import type { CliContext } from '../command.ts';
import { codegen, hasCodegen, prisma, runTool } from '../project-tools.ts';

type GenerateContext = Pick<CliContext, 'print' | 'directory' | 'project' | 'environment'>;

/**
 * `generate`: the Prisma client if there is a `prisma/schema.prisma`, the composed schema, and the types of
 * `codegen.ts` if there is one. In this order: each step reads what the one before it wrote.
 *
 * @throws {Error}
 */
export async function runGenerate(context: GenerateContext): Promise<void> {
  const { print, directory, project } = context;
  const folder = directory();
  if (existsSync(join(folder, 'prisma', 'schema.prisma'))) {
    runTool(context, prisma, ['generate']);
    print('generated the Prisma client');
  }
  const loaded = await project();
  const file = generatedSchemaPath(loaded);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${createSchemaReport(loaded).print().trimEnd()}\n`);
  print(`wrote ${file}`);
  if (!hasCodegen(folder)) return;
  runTool(context, codegen, ['--config', 'codegen.ts', '--silent']);
  print('generated the types of codegen.ts');
}
