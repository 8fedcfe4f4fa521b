import { type DefinitionNode, type DocumentNode, isTypeDefinitionNode } from 'graphql';

/** Returns the coordinates of all fields, arguments, input fields and enum values that documents define. */
export const coordinatesIn = (documents: readonly DocumentNode[]): ReadonlySet<string> =>
  new Set(documents.flatMap(({ definitions }) => definitions.flatMap(coordinatesOf)));

function coordinatesOf(node: DefinitionNode): readonly string[] {
  if ('values' in node) {
    return (node.values ?? []).map(({ name }) => `${node.name.value}.${name.value}`);
  }
  if (!('fields' in node)) return [];
  return (node.fields ?? []).flatMap((field) => {
    const coordinate = `${node.name.value}.${field.name.value}`;
    const args = 'arguments' in field ? (field.arguments ?? []) : [];
    return [coordinate, ...args.map(({ name }) => `${coordinate}(${name.value}:)`)];
  });
}

/** Returns the names of the types that documents define. What they extend is defined elsewhere. */
export const typesIn = (documents: readonly DocumentNode[]): readonly string[] =>
  documents.flatMap(({ definitions }) =>
    definitions.flatMap((node) => (isTypeDefinitionNode(node) ? [node.name.value] : [])),
  );
