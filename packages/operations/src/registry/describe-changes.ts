import {
  causesOf,
  compareRegistries,
  createLocateGuard,
  type OperationRegistry,
  printRegistryChange,
  printRequirement,
  type RegistryChange,
} from '@graphql-gatehouse/authorization/reports';
import type { GraphQLSchema } from 'graphql';

/** Compares a reviewed registry with the present one, in Markdown. What got worse is followed by the guards that did it. */
export function describeChanges(
  schema: GraphQLSchema,
  { files, columns }: OperationRegistry,
  { reviewed, markdown }: { readonly reviewed: string; readonly markdown: string },
): readonly (Pick<RegistryChange, 'kind'> & { readonly lines: readonly string[] })[] {
  const locate = createLocateGuard(schema);

  /** Describes the causes of the first column: those of the others have the same verdict. */
  function causes({ file, operation, columns: [column = ''] }: RegistryChange): readonly string[] {
    const found = files
      .find(({ name }) => name === file)
      ?.operations.find(({ name }) => name === operation);
    const verdict = found?.cells[columns.indexOf(column)];
    if (verdict === undefined) return [];
    return causesOf(verdict).map(({ coordinate, clauses }) => {
      const [clause] = clauses;
      const place = clause && locate(coordinate, clause);
      const guard = clauses.length === 0 ? '' : `: ${printRequirement(clauses)}`;
      return `${' '.repeat(9)}${coordinate}${guard}${place === undefined ? '' : ` (${place})`}`;
    });
  }

  return compareRegistries(reviewed, markdown).map((change) => ({
    kind: change.kind,
    lines: [printRegistryChange(change), ...(change.kind === 'worse' ? causes(change) : [])],
  }));
}
