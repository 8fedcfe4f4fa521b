import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CheckOutcome, ComposedSchema, SchemaCheck } from 'graphql-gatehouse';
import { defineCommand } from 'graphql-gatehouse/package';
import { decideFiles } from '../registry/decide-files.ts';

/** What a check decides: files and folders, and where the reviewed verdicts are. */
interface Checked {
  readonly paths: readonly string[];
  readonly file: string;
}

/** The reviewed verdicts of a project. */
const reviewedFile = 'operations.md';
const writeCommand = 'gatehouse operations check --write';

/** Resolves the files that the configuration names. */
export const configured = (
  { directory }: Pick<ComposedSchema, 'directory'>,
  files: readonly string[],
): readonly string[] => files.map((path) => resolve(directory, path));

/** Creates the command `operations check`. `files`: those of the configuration. */
export const createCheckCommand = (files: readonly string[]) =>
  defineCommand({
    description:
      'fail and show which operations of front ends are invalid, or denied more than before',
    arguments: {
      files: {
        type: 'string',
        variadic: true,
        required: files.length === 0,
        description:
          'folders of .graphql files, and persisted documents of Apollo, Relay or the client preset (default: `files` of the configuration)',
      },
    },
    options: {
      write: { type: 'boolean', description: 'write the verdicts to the file' },
      file: { type: 'string', description: 'the file (default: operations.md of the project)' },
    },
    run(composed: ComposedSchema, { files: given, write, file }) {
      const names = [given ?? []].flat();
      const checked = {
        paths: names.length > 0 ? names.map((path) => resolve(path)) : configured(composed, files),
        file: file ?? join(composed.directory, reviewedFile),
      };
      return write ? writeVerdicts(composed, checked) : checkVerdicts(composed, checked);
    },
  });

/** Creates the part of `gatehouse check`. Undefined: the configuration names no files. */
export const createCheck = (files: readonly string[]): SchemaCheck | undefined =>
  files.length === 0
    ? undefined
    : {
        run: (composed) =>
          checkVerdicts(composed, {
            paths: configured(composed, files),
            file: join(composed.directory, reviewedFile),
          }),
        async describe(composed, readReviewed) {
          const { changesSince, problems } = decideFiles(composed, configured(composed, files));
          const changes = changesSince(await readReviewed(reviewedFile));
          return {
            heading: 'Operations',
            lines: [...problems, ...changes.flatMap(({ lines }) => lines)],
          };
        },
      };

/** Writes the verdicts, unless something is wrong with the files. */
async function writeVerdicts(
  composed: ComposedSchema,
  { paths, file }: Checked,
): Promise<CheckOutcome> {
  const { markdown, problems } = decideFiles(composed, paths);
  if (problems.length > 0) return { lines: [], problems };
  await writeFile(file, markdown);
  return { lines: [`wrote ${file}`], problems };
}

/** Decides the operations for each kind of viewer, and compares the verdicts with the reviewed file. */
async function checkVerdicts(
  composed: ComposedSchema,
  { paths, file }: Checked,
): Promise<CheckOutcome> {
  const decided = decideFiles(composed, paths);
  if (!existsSync(file)) {
    const missing = `${file} is missing. Write it: ${writeCommand}`;
    return { lines: [], problems: [...decided.problems, missing] };
  }
  const reviewed = await readFile(file, 'utf8');
  const changes = decided.changesSince(reviewed);
  const linesOf = (isWorse: boolean) =>
    changes.filter(({ kind }) => (kind === 'worse') === isWorse).flatMap(({ lines }) => lines);
  const worse = linesOf(true);
  const refused =
    worse.length === 0
      ? []
      : [
          `${file}: operations are denied more:`,
          ...worse,
          `If all are intended, write the file: ${writeCommand}`,
        ];
  const problems = [...decided.problems, ...refused];
  const state =
    reviewed === decided.markdown
      ? `${file} is up to date with the schema.`
      : `${file} differs, and nothing is worse. Review each change, and write it: ${writeCommand}`;
  return { lines: [...linesOf(false), ...(problems.length === 0 ? [state] : [])], problems };
}
