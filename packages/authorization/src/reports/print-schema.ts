import { type GraphQLSchema, print } from 'graphql';
import { toSchemaDocument } from './schema-document.ts';

/**
 * Prints a schema as SDL with its directives. A schema built from it has the same guards.
 *
 * Guards in `extensions.directives` of a code-first schema are printed too.
 */
export const printGuardedSchema = (schema: GraphQLSchema): string =>
  `${print(toSchemaDocument(schema))}\n`;
