import { type GraphQLSchema, print } from 'graphql';
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
