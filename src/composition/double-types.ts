import {
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  type TypeDefinitionNode,
} from 'graphql';
import type { CheckedTypeDefs } from './type-defs.ts';

/**
 * Finds types that are defined more than once. graphql-js would report the type without its files. In the returned
 * documents each type is defined once.
 *
 * Later definitions of an object type or enum become extensions, so that other mistakes in them are found too. Later
 * definitions of other types are omitted.
 *
 * @param unnamed the source name for definitions without a location.
 */
export function findDoubleTypes(
  documents: readonly DocumentNode[],
  unnamed: string,
): CheckedTypeDefs {
  const fileOf = ({ loc }: TypeDefinitionNode): string => loc?.source.name ?? unnamed;
  const known = new Map<string, TypeDefinitionNode[]>();
  const toSingle = (node: DefinitionNode): readonly DefinitionNode[] => {
    if (!isTypeDefinitionNode(node)) return [node];
    const earlier = known.get(node.name.value) ?? [];
    known.set(node.name.value, [...earlier, node]);
    return earlier.length === 0 ? [node] : toExtension(node, new Set(earlier.flatMap(memberNames)));
  };
  return {
    documents: documents.map((document) => ({
      ...document,
      definitions: document.definitions.flatMap(toSingle),
    })),
    problems: [...known].flatMap(([name, nodes]) =>
      nodes.length > 1
        ? [`${name}: the type is defined more than once (${nodes.map(fileOf).join(', ')})`]
        : [],
    ),
  };
}

function memberNames(node: TypeDefinitionNode): readonly string[] {
  if (node.kind === Kind.ENUM_TYPE_DEFINITION) return namesOf(node.values);
  return node.kind === Kind.OBJECT_TYPE_DEFINITION ? namesOf(node.fields) : [];
}

interface Named {
  readonly name: { readonly value: string };
}

const namesOf = (members: readonly Named[] = []): readonly string[] =>
  members.map(({ name }) => name.value);

/** Converts a later definition to an extension without the members of earlier definitions. */
function toExtension(
  { description: _description, ...node }: TypeDefinitionNode,
  earlier: ReadonlySet<string>,
): readonly DefinitionNode[] {
  const isNew = ({ name }: Named) => !earlier.has(name.value);
  if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
    const fields = (node.fields ?? []).filter(isNew);
    return [{ ...node, kind: Kind.OBJECT_TYPE_EXTENSION, fields }];
  }
  if (node.kind !== Kind.ENUM_TYPE_DEFINITION) return [];
  const values = (node.values ?? []).filter(isNew);
  return [{ ...node, kind: Kind.ENUM_TYPE_EXTENSION, values }];
}
