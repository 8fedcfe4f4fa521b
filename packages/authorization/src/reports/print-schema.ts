import { type GraphQLSchema, print, printSchema } from 'graphql';
import type { VisibleSchemas } from '../visibility/visible-schema.ts';
import { toViewer } from './explain.ts';
import { toSchemaDocument, toSchemaExtension } from './schema-document.ts';

/**
 * Prints a schema as SDL with its directives, those of `schema` included. A schema built from it has the same guards.
 *
 * Guards in `extensions.directives` of a code-first schema are printed too.
 */
export function printGuardedSchema(schema: GraphQLSchema): string {
  const extension = toSchemaExtension(schema);
  const parts = [toSchemaDocument(schema), ...(extension === undefined ? [] : [extension])];
  return `${parts.map((each) => print(each)).join('\n\n')}\n`;
}

/**
 * Prints the part of a schema that a viewer in these groups can reach. Null: an anonymous viewer.
 *
 * @throws {ExplainError} for a group that the schema does not have.
 */
export function printVisibleSchema(
  { source, visibleTo }: { readonly source: GraphQLSchema; readonly visibleTo: VisibleSchemas },
  groups: readonly string[] | null,
): string {
  return printSchema(visibleTo(toViewer({ schema: source, groups })));
}
