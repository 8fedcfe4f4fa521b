import type { PluginFunction } from '@graphql-codegen/plugin-helpers';
import { printSchemaTypes, type SchemaTypesConfig } from './print-types.ts';

/**
 * The plugin that generates `SchemaTypes` beside the types of `typescript-resolvers`, for `GatehouseContext`.
 *
 * @throws {Error} when `filters` names a type that the schema does not have, or no type of a module.
 * @throws {SchemaAuthorizationError} when the schema breaks a rule.
 */
export const plugin: PluginFunction<SchemaTypesConfig> = (schema, _documents, config) =>
  printSchemaTypes(schema, config);
