import type {
  DocumentNode,
  FieldNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { Kind, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql';
import { createFragmentMeasures } from './fragments.ts';

/** How large a selection is, fragments expanded. Conditions count as met: what is left out counts too. */
export interface Shape {
  /** Fields inside one another, without those below `__schema` and `__type`. */
  readonly depth: number;
  /** Fields inside one another from `__schema` or `__type` on. */
  readonly introspectionDepth: number;
  readonly aliases: number;
  /** Fields that stand here, and not in another field. */
  readonly fields: number;
  /** Fields, inline fragments and fragment spreads, at any depth. */
  readonly selections: number;
}

/** Measures one operation, in a time that grows with the length of its document alone. */
export function measureShape(document: DocumentNode, operation: OperationDefinitionNode): Shape {
  const measureFragment = createFragmentMeasures(document, ({ selectionSet }) =>
    measureSet(selectionSet),
  );

  function measureSet({ selections }: SelectionSetNode): Shape {
    return selections.map(measureSelection).reduce(add, empty);
  }

  function measureSelection(selection: SelectionNode): Shape {
    if (selection.kind === Kind.FIELD) return measureField(selection);
    const inside =
      selection.kind === Kind.INLINE_FRAGMENT
        ? measureSet(selection.selectionSet)
        : measureFragment(selection.name.value);
    return { ...inside, selections: inside.selections + 1 };
  }

  function measureField({ name, alias, selectionSet }: FieldNode): Shape {
    const inside = selectionSet === undefined ? empty : measureSet(selectionSet);
    const isIntrospection = introspectionFields.has(name.value);
    return {
      depth: isIntrospection ? 1 : inside.depth + 1,
      introspectionDepth: isIntrospection ? inside.depth + 1 : inside.introspectionDepth,
      aliases: inside.aliases + (alias === undefined ? 0 : 1),
      fields: 1,
      selections: inside.selections + 1,
    };
  }

  return measureSet(operation.selectionSet);
}

const introspectionFields: ReadonlySet<string> = new Set([
  SchemaMetaFieldDef.name,
  TypeMetaFieldDef.name,
]);

const empty: Shape = { depth: 0, introspectionDepth: 0, aliases: 0, fields: 0, selections: 0 };

const add = (left: Shape, right: Shape): Shape => ({
  depth: Math.max(left.depth, right.depth),
  introspectionDepth: Math.max(left.introspectionDepth, right.introspectionDepth),
  aliases: left.aliases + right.aliases,
  fields: left.fields + right.fields,
  selections: left.selections + right.selections,
});
