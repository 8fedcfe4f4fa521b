import type {
  FieldNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import {
  isIntrospectionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import type { SelectionSize } from '../enforcement/sizes/selection-sizes.ts';
import { compileField } from './compile-field.ts';
import { createSelectionNotes } from './compile-notes.ts';
import type { CompletedField, Selected } from './complete-value.ts';
import type { Data, RunField, RunSelections, Scope } from './field.ts';

/** Compiles what is selected of one object type. @throws {GraphQLError} for a null condition. */
export function compileSelections(
  scope: Scope,
  parent: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): Selected {
  const fields: SelectedField[] = [];
  const notes = createSelectionNotes(scope.operation, scope.nextSlot());
  for (const [key, nodes] of scope.collect(parent, sets)) {
    const definition = definitionOf(scope.schema, parent, nodes[0].name.value);
    if (definition === undefined) continue;
    const select = compileOnce((type) => compileSelections(scope, type, selectionsOf(nodes)));
    const field = { scope, parent, key, nodes, definition, select, notes };
    fields.push({ key, name: definition.name, run: compileField(field) });
  }
  const runNoted = runFields(fields, sizeOf(parent, fields));
  const noteObjects = notes.compile();
  if (noteObjects === undefined) return { run: runNoted, runNoted, noteObjects };
  const run: RunSelections = (source, path, running) => {
    noteObjects.one(source, path, running);
    return runNoted(source, path, running);
  };
  return { run, runNoted, noteObjects };
}

const selectionsOf = (nodes: readonly FieldNode[]): SelectionSetNode[] =>
  nodes.flatMap(({ selectionSet }) => selectionSet ?? []);

/** Compiles the selections of each type once. What throws, throws each time. */
function compileOnce(compile: CompletedField['select']): CompletedField['select'] {
  let known: Map<GraphQLObjectType, Selected> | undefined;
  return (type) => {
    known ??= new Map();
    const selected = known.get(type) ?? compile(type);
    known.set(type, selected);
    return selected;
  };
}

interface SelectedField {
  readonly key: string;
  readonly name: string;
  readonly run: RunField;
}

/** Returns the size of the fields of an object without their values. Those of introspection depend on the schema alone. */
function sizeOf(parent: GraphQLObjectType, fields: readonly SelectedField[]): SelectionSize {
  if (isIntrospectionType(parent)) return { values: 0, characters: 0 };
  let characters = 0;
  for (const { key, name } of fields) {
    characters += key.length;
    if (name === TypeNameMetaFieldDef.name) characters += parent.name.length;
  }
  return { values: fields.length, characters };
}

const runFields =
  (fields: readonly SelectedField[], { values, characters }: SelectionSize): RunSelections =>
  (source, path, run) => {
    if (path !== undefined) run.size.add(values, characters, path);
    // Without a prototype. `Object.create(null)` is slower to fill and to write as JSON.
    const results: Data = Object.setPrototypeOf({}, null);
    let isPending = false;
    try {
      for (const field of fields) {
        const result = field.run(source, path, run);
        results[field.key] = result;
        if (run.isPending && isPromise(result)) isPending = true;
      }
    } catch (error) {
      if (!isPending) throw error;
      // The promises of the other fields can reject, too.
      return whenSettled(results).finally(() => {
        throw error;
      });
    }
    return isPending ? whenSettled(results) : results;
  };

function whenSettled(object: Data): Promise<Data> {
  return Promise.all(Object.values(object)).then((values) => {
    const data: Data = Object.create(null);
    for (const [index, key] of Object.keys(object).entries()) data[key] = values[index];
    return data;
  });
}

const metaFields: readonly GraphQLField<unknown, unknown>[] = [
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
];

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  const isQuery = parent === schema.getQueryType();
  const metaField = isQuery ? metaFields.find((each) => each.name === name) : undefined;
  return metaField ?? parent.getFields()[name];
}
