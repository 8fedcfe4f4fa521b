import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';

const stepSchema = z
  .strictObject({
    name: z.string(),
    if: z.string(),
    uses: z.string(),
    run: z.string(),
    with: z.record(z.string(), z.unknown()),
    env: z.record(z.string(), z.string()),
  })
  .partial()
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), '`uses` or `run`');

const workflowSchema = z.looseObject({
  name: z.string(),
  on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]),
  jobs: z.record(
    z.string(),
    z.looseObject({ 'runs-on': z.string(), steps: z.array(stepSchema).min(1) }),
  ),
});

/**
 * The steps of a workflow of GitHub Actions, in order.
 *
 * @throws {Error} where the file is no YAML, or no workflow; other keys of a step are mistakes.
 */
export async function readSteps(path: string) {
  const document = parseDocument(await readFile(path, 'utf8'));
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) throw mistake;
  const { jobs } = workflowSchema.parse(document.toJS());
  return Object.values(jobs).flatMap(({ steps }) => steps);
}
