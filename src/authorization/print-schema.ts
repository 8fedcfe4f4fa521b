import { printSchemaWithDirectives } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';

/**
 * Prints a schema as SDL with its directives: built again, it asks the same of everyone.
 *
 * Guards that a code-first schema keeps in `extensions.directives` are printed like all others.
 */
export const printGuardedSchema = (schema: GraphQLSchema): string =>
  `${printSchemaWithDirectives(schema)}\n`;
