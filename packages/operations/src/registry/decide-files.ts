import { finishSteps, toRegistryMarkdown } from '@graphql-gatehouse/authorization/reports';
import type { ComposedSchema, OperationVerdicts } from 'graphql-gatehouse';
import { createRegistry } from './create-registry.ts';
import { describeChanges } from './describe-changes.ts';
import { readOperationFiles } from './operation-files.ts';

/** Decides the operations of files and folders for each kind of viewer. */
export function decideFiles(composed: ComposedSchema, paths: readonly string[]) {
  const { directory, schema, groups, notes } = composed;
  const read = readOperationFiles(paths, directory);
  const options = { ...composed, groups: groups.names };
  const { registry, problems } = finishSteps(createRegistry(options, read));
  const markdown = toRegistryMarkdown({ ...registry, notes });
  return {
    markdown,
    problems,
    /** Compares a reviewed registry with the present one. */
    changesSince: (reviewed: string) => describeChanges(schema, registry, { reviewed, markdown }),
  };
}

/** Creates the verdicts for the reports on who can access what. */
export function createVerdicts(
  composed: ComposedSchema,
  paths: readonly string[],
): OperationVerdicts {
  const read = () => readOperationFiles(paths, composed.directory);
  return {
    find(uses) {
      const { files, problems } = read();
      const operations = files.flatMap(({ name: file, operations }) =>
        operations
          .filter(({ document }) => uses(document))
          .map(({ name: operation }) => ({ file, operation })),
      );
      return { operations, problems };
    },
    decide: (viewers) => createRegistry({ ...composed, ...viewers }, read()),
  };
}
