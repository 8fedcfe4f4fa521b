import { type GraphQLSchema, printSchema } from 'graphql';
import type { VisibleSchemas } from '../visibility/visible-schema.ts';
import { toViewer } from './explain.ts';

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
