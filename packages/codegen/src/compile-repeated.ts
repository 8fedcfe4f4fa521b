import {
  type ASTNode,
  type DocumentNode,
  getOperationAST,
  Kind,
  type NameNode,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

/** The parts of an operation that is sent several times in one document. `#` in names stands for the number of each. */
export interface RepeatedOperation {
  /** The kind and the name of the operation. */
  readonly head: string;
  readonly variables: string;
  readonly fields: string;
  readonly fragments: string;
}

/** Stands for `#` while the names are names of GraphQL. */
const marker = '__NUMBER__';

const marked = (name: NameNode): NameNode => ({ ...name, value: `${name.value}_${marker}` });

/**
 * Compiles the parts of an operation from which `@graphql-gatehouse/client` makes one document for several values of its
 * variables. Undefined: it has no variables, it is a subscription, or it has no such form.
 */
export function compileRepeated(document: DocumentNode): RepeatedOperation | undefined {
  const operation = getOperationAST(document);
  if (!operation || operation.operation === 'subscription') return undefined;
  const { variableDefinitions = [], selectionSet, directives = [] } = operation;
  if (variableDefinitions.length === 0 || directives.length > 0) return undefined;
  const fields = selectionSet.selections.filter((each) => each.kind === Kind.FIELD);
  if (fields.length < selectionSet.selections.length) return undefined;
  const source = print(document);
  if (source.includes('#') || source.includes(marker)) return undefined;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return {
    head: [operation.operation, operation.name?.value].join(' ').trim(),
    variables: toText(variableDefinitions),
    fields: toText(fields.map((field) => ({ ...field, alias: marked(field.alias ?? field.name) }))),
    fragments: toText(fragments),
  };
}

function toText(nodes: readonly ASTNode[]): string {
  const texts = nodes.map((node) =>
    print(
      visit(node, {
        Variable: (each) => ({ ...each, name: marked(each.name) }),
        FragmentSpread: { leave: (each) => ({ ...each, name: marked(each.name) }) },
        FragmentDefinition: { leave: (each) => ({ ...each, name: marked(each.name) }) },
      }),
    ),
  );
  return stripIgnoredCharacters(texts.join(' ')).replaceAll(marker, '#');
}
