import { type GraphQLSchema, print } from 'graphql';
import { toSchemaDocument } from './schema-document.ts';

/**
 * Prints a schema as SDL with its directives: built again, it asks the same of everyone.
 *
 * Guards that a code-first schema keeps in `extensions.directives` are printed like all others.
 */
export const printGuardedSchema = (schema: GraphQLSchema): string =>
  `${print(toSchemaDocument(schema))}\n`;
