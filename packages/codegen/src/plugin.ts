import type { PluginFunction } from '@graphql-codegen/plugin-helpers';
import { type AccessConfig, printAccess } from './print-access.ts';

/**
 * The plugin that generates `access.ts` from the SDL with its directives, as `gatehouse schema` prints it.
 *
 * @throws {SchemaAuthorizationError} when the schema breaks a rule.
 */
export const plugin: PluginFunction<AccessConfig> = (schema, _documents, config) =>
  printAccess(schema, config);
