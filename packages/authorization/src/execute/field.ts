import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import { type AnswerSize, ownSize } from '../enforcement/sizes/answer-size.ts';
import type { PropertyReaders } from '../enforcement/values/property-reader.ts';
import type { createCollector } from '../plan/operation-walk.ts';
import type { SelectionNotes } from './compile-notes.ts';
import type { Path, Run } from './run.ts';

/** What the fields of an operation have in common. */
export interface Scope {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly collect: ReturnType<typeof createCollector>;
  readonly readers: PropertyReaders;
  /** Returns another number at each call, in all executions. */
  readonly nextAdmissionKey: () => number;
  /** Returns another number at each call, in one document: those of its selection sets. */
  readonly nextSlot: () => number;
}

/** One selected field of a run-time type. */
export interface Field {
  readonly scope: Scope;
  readonly parent: GraphQLObjectType;
  /** The key in the answer. */
  readonly key: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly definition: GraphQLField<unknown, unknown>;
  /** Those of the audited reads of its object. */
  readonly notes: SelectionNotes;
}

/** Executes a field of the object at `path`, and completes its value. Throws, or rejects, where null is not allowed. */
export type RunField = (source: unknown, path: Path | undefined, run: Run) => unknown;

/** An object of an answer. */
export type Data = Record<string, unknown>;

/** Executes all selected fields of the object at `path`. Throws, or rejects, when the object has to be null. */
export type RunSelections = (
  source: unknown,
  path: Path | undefined,
  run: Run,
) => Data | Promise<Data>;

/** Returns the path of a field of the object at `prev`. */
export const pathOf = ({ key, parent }: Field, prev: Path | undefined): Path => ({
  prev,
  key,
  typename: parent.name,
});

/** Returns the path of an item of the list at `prev`. */
export const itemPathOf = (prev: Path, key: number): Path => ({ prev, key, typename: undefined });

/** The `info` of a compiled execution. */
type SizedInfo = GraphQLResolveInfo & { readonly [ownSize]: AnswerSize };

/** Creates what the functions of the application get. `path` is that of the field, or of an item in its lists. */
export function createInfo(field: Field, path: Path, run: Run): SizedInfo {
  let own = path;
  while (typeof own.key === 'number' && own.prev !== undefined) own = own.prev;
  return {
    fieldName: field.definition.name,
    fieldNodes: field.nodes,
    returnType: field.definition.type,
    parentType: field.parent,
    path: own,
    schema: field.scope.schema,
    fragments: field.scope.fragments,
    rootValue: run.rootValue,
    operation: field.scope.operation,
    variableValues: run.variableValues.native,
    [ownSize]: run.size,
  };
}

/**
 * Forgets which fields the viewer was admitted to. Called when code of the application has run, or may have: the context
 * can have another viewer.
 */
export function forgetAdmissions({ scope }: Field, run: Run): void {
  run.admissionKey = scope.nextAdmissionKey();
}
