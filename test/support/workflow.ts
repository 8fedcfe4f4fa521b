import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';

const stepSchema = z
  .strictObject({
    name: z.string(),
    id: z.string(),
    if: z.string(),
    uses: z.string(),
    run: z.string(),
    with: z.record(z.string(), z.unknown()),
    env: z.record(z.string(), z.string()),
  })
  .partial()
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), '`uses` or `run`');

const permissionsSchema = z.record(z.string(), z.enum(['read', 'write']));

const workflowSchema = z.looseObject({
  name: z.string(),
  permissions: permissionsSchema.optional(),
  on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]),
  jobs: z.record(
    z.string(),
    z.looseObject({
      'runs-on': z.string(),
      permissions: permissionsSchema.optional(),
      steps: z.array(stepSchema).min(1),
    }),
  ),
});

/**
 * A workflow of GitHub Actions.
 *
 * @throws {Error} where the file is no YAML, or no workflow; other keys of a step are mistakes.
 */
export async function readWorkflow(path: string) {
  const document = parseDocument(await readFile(path, 'utf8'));
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) throw mistake;
  return workflowSchema.parse(document.toJS());
}

/** The steps of a workflow, in order. Throws what `readWorkflow` throws. */
export async function readSteps(path: string) {
  const { jobs } = await readWorkflow(path);
  return Object.values(jobs).flatMap(({ steps }) => steps);
}
