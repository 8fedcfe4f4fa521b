import type {
  DocumentNode,
  FieldNode,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { isObjectType } from 'graphql';
import { createCollector } from '../../plan/operation-walk.ts';

type Path = GraphQLResolveInfo['path'];

/** Selected fields by response key. */
export type SelectedFields = ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]>;

/** The selected fields of the objects of one operation, whatever `@skip` and `@include` say. */
export interface Selections {
  /** Returns those of an object of a type in the selections at a path. */
  fieldsAt(path: Path | undefined, typeName: string): SelectedFields;
}

const noFields: SelectedFields = new Map();

export function createSelections(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Selections {
  const everything = { variableValues: undefined, includes: () => true };
  const collect = createCollector({ schema, document, ...everything });
  const known = new Map<Path, readonly SelectionSetNode[]>();

  function setsAt(path: Path | undefined): readonly SelectionSetNode[] {
    if (path === undefined) return [operation.selectionSet];
    const { typename, prev, key } = path;
    if (typename === undefined) return setsAt(prev);
    const nodes = known.get(path) === undefined ? fieldsAt(prev, typename).get(String(key)) : [];
    const sets = known.get(path) ?? (nodes ?? []).flatMap(({ selectionSet }) => selectionSet ?? []);
    known.set(path, sets);
    return sets;
  }

  const fieldsAt: Selections['fieldsAt'] = (path, typeName) => {
    const type = schema.getType(typeName);
    return isObjectType(type) ? collect(type, setsAt(path)) : noFields;
  };
  return { fieldsAt };
}
