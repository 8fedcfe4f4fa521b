import { checkOptions, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { GatehouseConfig } from '../schema/project.ts';
import type { Gatehouse, GatehouseOptions } from './start-gatehouse.ts';

const optionShapes = {
  environment: 'object?',
  directory: 'string?',
  logDestination: 'object?',
  onFirstAdmin: 'function?',
} satisfies ShapesOf<GatehouseOptions>;

/**
 * Starts Gatehouse without HTTP, for a server that exists: connects to the database, migrates it, and makes the
 * first ADMIN of an empty one.
 *
 * Loads the server when it is called: each configuration imports this module, and most commands need no server.
 *
 * @throws {TypeError} for an unknown option. @throws {ConfigError | CompositionError | FirstAdminError} and what keeps the database from being opened. Nothing
 *   is left open then.
 */
export async function createGatehouse(
  config: GatehouseConfig,
  options: GatehouseOptions = {},
): Promise<Gatehouse> {
  checkOptions('createGatehouse', options, optionShapes);
  const { startGatehouse } = await import('./start-gatehouse.ts');
  return startGatehouse(config, options);
}
