import type { FieldNode, SelectionSetNode } from 'graphql';
import { getNamedType, isCompositeType, Kind } from 'graphql';
import { typeNameOf } from '../requirements/coordinate.ts';
import {
  fragmentsOf,
  isIncluded,
  pathOf,
  type SelectedField,
  type WalkedOperation,
} from './operation-walk.ts';

/** Where the document has a selected field. */
export interface WrittenField {
  /** At each level from the root, the position of the response key among all that are selected there. */
  readonly order: readonly number[];
  /** The name of the type on which the document selects it: that of the field above, or of the nearest fragment. */
  readonly typeName: string;
}

/** The fields of one response key. By node, the name of the type on which the document selects it. */
interface Level {
  readonly position: number;
  readonly nodes: Map<FieldNode, string>;
  inside?: ReadonlyMap<string, Level>;
}

/** A selection set, and the name of its type. */
type TypedSelections = readonly [set: SelectionSetNode, typeName: string];

/** The part of an operation that the levels of its selections are read by. */
type LevelOptions = Pick<WalkedOperation, 'document' | 'variableValues' | 'includes'>;

/** Creates the function that reads one level of selections, in document order. */
function createReadLevel({ document, variableValues, includes = isIncluded }: LevelOptions) {
  const fragments = fragmentsOf(document);

  return (sets: readonly TypedSelections[]): ReadonlyMap<string, Level> => {
    const found = new Map<string, Level>();
    const visited = new Set<string>();
    function visit([set, typeName]: TypedSelections): void {
      for (const selection of set.selections) {
        if (!includes(selection, variableValues)) continue;
        if (selection.kind === Kind.FIELD) {
          const key = (selection.alias ?? selection.name).value;
          const level = found.get(key) ?? { position: found.size, nodes: new Map() };
          found.set(key, level);
          level.nodes.set(selection, typeName);
          continue;
        }
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        const fragment = isSpread ? fragments.get(selection.name.value) : selection;
        if (fragment === undefined || (isSpread && visited.has(selection.name.value))) continue;
        if (isSpread) visited.add(selection.name.value);
        visit([fragment.selectionSet, fragment.typeCondition?.name.value ?? typeName]);
      }
    }
    for (const each of sets) visit(each);
    return found;
  };
}

/**
 * Creates the function that finds where the document has a field that was selected for one run-time type: for all of them
 * at the same place. Each level is read when it is first asked for.
 */
export function createWrittenFields({
  schema,
  operation,
  ...options
}: Omit<WalkedOperation, 'requirements'>) {
  const readLevel = createReadLevel(options);

  function returnedBy(node: FieldNode, typeName: string): readonly TypedSelections[] {
    const type = schema.getType(typeName);
    const fields = isCompositeType(type) && 'getFields' in type ? type.getFields() : {};
    const field = fields[node.name.value];
    return node.selectionSet === undefined || field === undefined
      ? []
      : [[node.selectionSet, getNamedType(field.type).name]];
  }

  const rootName = schema.getRootType(operation.operation)?.name ?? '';
  const root = readLevel([[operation.selectionSet, rootName]]);

  return (selected: SelectedField): WrittenField => {
    const order: number[] = [];
    let level: Level | undefined;
    let inside = root;
    for (const key of pathOf(selected)) {
      level = inside.get(key);
      if (level === undefined) break;
      order.push(level.position);
      level.inside ??= readLevel(
        [...level.nodes].flatMap(([node, name]) => returnedBy(node, name)),
      );
      inside = level.inside;
    }
    return {
      order,
      typeName: level?.nodes.get(selected.nodes[0]) ?? typeNameOf(selected.coordinate),
    };
  };
}

/** Compares two fields by document order. */
export function compareWritten(
  { order: left }: WrittenField,
  { order: right }: WrittenField,
): number {
  for (const [at, position] of left.entries()) {
    const difference = position - (right[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
