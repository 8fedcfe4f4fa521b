import type {
  DocumentNode,
  FieldNode,
  GraphQLCompositeType,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import { isAbstractType, Kind, TypeNameMetaFieldDef } from 'graphql';
import { variablesFrom, variablesOf } from '../../graphql-js/variables.ts';
import { createCollector } from '../../plan/operation-walk.ts';
import { scanConditions } from '../../plan/plan-cache.ts';
import type { AnswerSize } from './answer-size.ts';

/** The selected fields of one object, without their values: their number, and the characters of keys and type names. */
export interface SelectionSize {
  readonly values: number;
  readonly characters: number;
}

/** Returns the size of the selections of a field on an object of its type; of an abstract type, the largest. */
type SizeOfField = (type: GraphQLCompositeType, nodes: readonly FieldNode[]) => SelectionSize;

/** Returns the size of what a field selects of each object that it returns. */
export type SelectionSizes = (
  type: GraphQLCompositeType,
  info: GraphQLResolveInfo,
  size: AnswerSize,
) => SelectionSize;

/** Those of an operation are kept with it, unless variables decide what it selects: then with its execution. */
export function createSelectionSizes(): SelectionSizes {
  const ofOperations = new WeakMap<OperationDefinitionNode, SizeOfField | 'by variables'>();
  const ofExecutions = new WeakMap<AnswerSize, SizeOfField>();

  function findOfOperation({ operation, fragments, schema }: GraphQLResolveInfo) {
    const known = ofOperations.get(operation);
    if (known !== undefined) return known;
    const document = toDocument(operation, fragments);
    const isFixed = scanConditions(document).conditions.length === 0;
    const made = isFixed ? createSizeOfField(schema, document, variablesFrom({})) : 'by variables';
    ofOperations.set(operation, made);
    return made;
  }

  function findOfExecution(info: GraphQLResolveInfo, size: AnswerSize): SizeOfField {
    const known = ofExecutions.get(size);
    if (known !== undefined) return known;
    const { schema, operation, fragments } = info;
    const made = createSizeOfField(schema, toDocument(operation, fragments), variablesOf(info));
    ofExecutions.set(size, made);
    return made;
  }

  return (type, info, size) => {
    const found = findOfOperation(info);
    const sizeOf = found === 'by variables' ? findOfExecution(info, size) : found;
    return sizeOf(type, info.fieldNodes);
  };
}

const toDocument = (
  operation: OperationDefinitionNode,
  fragments: GraphQLResolveInfo['fragments'],
): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: [operation, ...Object.values(fragments)],
});

function createSizeOfField(
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: ReturnType<typeof variablesFrom>,
): SizeOfField {
  const collect = createCollector({ schema, document, variableValues });
  /** By the first node: nearly always there are no others. */
  const known = new Map<
    FieldNode,
    SelectionSize & { type: unknown; nodes: readonly FieldNode[] }
  >();

  function measure(type: GraphQLObjectType, nodes: readonly FieldNode[]): SelectionSize {
    const fields = collect(
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    );
    let characters = 0;
    for (const [key, [{ name }]] of fields) {
      characters += key.length;
      if (name.value === TypeNameMetaFieldDef.name) characters += type.name.length;
    }
    return { values: fields.size, characters };
  }

  return (type, nodes) => {
    const [first] = nodes;
    const found = first && known.get(first);
    if (found?.type === type && isSame(found.nodes, nodes)) return found;
    const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const sizes = types.map((each) => measure(each, nodes));
    const most = {
      values: Math.max(0, ...sizes.map(({ values }) => values)),
      characters: Math.max(0, ...sizes.map(({ characters }) => characters)),
    };
    if (first !== undefined) known.set(first, { ...most, type, nodes });
    return most;
  };
}

const isSame = (some: readonly FieldNode[], others: readonly FieldNode[]): boolean =>
  some === others ||
  (some.length === others.length && some.every((node, index) => node === others[index]));
