import { checkOptions, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { Environment } from '../config/config.ts';
import type { Hosts } from '../doors/hosts/hosts.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import type { GatehouseConfig } from '../schema/project.ts';

export interface GatehouseOptions {
  /** The settings, by the names of environment variables. Absent: those of the process. */
  readonly environment?: Environment;
  /** The folder from which paths of the config start. Absent: the working folder of the process. */
  readonly directory?: string;
  /** Where log lines go. Absent: standard error. */
  readonly logDestination?: { write(line: string): void };
  /** Called with the ADMIN that was made, when the database had no user. Absent: printed to standard error. */
  readonly onFirstAdmin?: (firstAdmin: FirstAdmin) => void;
}

const optionShapes = {
  environment: 'object?',
  directory: 'string?',
  logDestination: 'object?',
  onFirstAdmin: 'function?',
} satisfies ShapesOf<GatehouseOptions>;

/** Gatehouse inside an existing server. */
export interface Gatehouse extends Hosts {
  /** Ends subscriptions and connections. Requests fail with 503 from then on. A second call does nothing. */
  close(): Promise<void>;
}

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
