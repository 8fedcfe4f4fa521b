import { randomUUID } from 'node:crypto';
import { type Config, type Environment, parseConfig } from '../config/config.ts';
import { closeOnFailure, type Opened } from '../database/close-on-failure.ts';
import type { DatabaseConnection } from '../database/connect.ts';
import { createHosts, type Hosts } from '../doors/hosts/hosts.ts';
import { createBackgroundWork } from '../identity/background-work.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import { createLogger, type Logger, withoutRedaction } from '../observability/logger.ts';
import { warnOfNewerMigrations } from '../observability/newer-migrations.ts';
import { createOperationLog } from '../operation/answer/log-operation.ts';
import { packagesOf } from '../schema/packages.ts';
import type { GatehouseConfig, Project } from '../schema/project.ts';
import { createCookies, openDatabase } from './app.ts';
import { createOperationParts } from './operation-parts.ts';
import { createPackageTasks } from './package-parts.ts';
import { createParts, makeFirstAdmin } from './parts.ts';

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

/** Gatehouse inside an existing server. */
export interface Gatehouse extends Hosts {
  /** Ends subscriptions and connections. Requests fail with 503 from then on. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Starts Gatehouse without HTTP, for a server that exists: connects to the database, migrates it, and makes the
 * first ADMIN of an empty one.
 *
 * @throws {ConfigError | CompositionError | FirstAdminError} and what keeps the database from being opened. Nothing
 *   is left open then.
 */
export async function createGatehouse(
  config: GatehouseConfig,
  options: GatehouseOptions = {},
): Promise<Gatehouse> {
  // By exception: this is the door by which a process without `main.ts` comes in.
  const { environment = process.env, directory = process.cwd() } = options;
  const settings = parseConfig(environment, packagesOf(config));
  const logger = createLogger(settings.logLevel, options.logDestination ?? process.stderr);
  const project = { directory, config };
  const { onFirstAdmin = showFirstAdmin } = options;
  const onNewer = warnOfNewerMigrations(logger);
  return closeOnFailure(async (opened) => {
    const connection = await openDatabase({ config: settings, logger, project }, { onNewer });
    opened.add(connection.close);
    return start({ config: settings, project, logger, connection, onFirstAdmin }, opened);
  });
}

interface StartOptions {
  readonly config: Config;
  readonly project: Project;
  readonly logger: Logger;
  readonly connection: DatabaseConnection;
  readonly onFirstAdmin: (firstAdmin: FirstAdmin) => void;
}

async function start(options: StartOptions, opened: Opened): Promise<Gatehouse> {
  const { config, logger, connection } = options;
  const parts = await createParts(options);
  opened.add(parts.close);
  const logOperation = createOperationLog(withoutRedaction(logger));
  const { hosts, stop } = createHosts({
    ...createOperationParts(options, parts, logOperation),
    authenticate: parts.authenticate,
    cookies: createCookies(config, parts.now),
    createContext: parts.createContext,
    events: parts.events,
    membershipsOf: parts.membershipsOf,
    tokenEndsAt: parts.tokenEndsAt,
    now: parts.now,
    publicJwks: parts.publicJwks,
    ping: connection.ping,
    randomId: randomUUID,
    toClientError: parts.toClientError,
    logger,
    maxErrors: config.operationLimits.maxErrors,
    jwksMaxAgeSeconds: config.signingKeys.jwksMaxAgeSeconds,
  });
  const firstAdmin = await makeFirstAdmin(config, parts);
  if (firstAdmin !== undefined) options.onFirstAdmin(firstAdmin);
  opened.add(parts.events.stop);
  await parts.events.start();
  opened.add(async () => stop());
  const work = createBackgroundWork({
    stores: parts.stores,
    onError: (error, failed) => logger.warn({ err: error }, failed),
    others: createPackageTasks(options),
  });
  work.start();
  opened.add(work.stop);
  return { ...hosts, close: opened.close };
}

/** A password that was made is shown here or nowhere. */
function showFirstAdmin({ username, generatedPassword }: FirstAdmin): void {
  if (generatedPassword === undefined) return;
  process.stderr.write(
    `Gatehouse made the first ADMIN: ${username}, password ${generatedPassword}\n`,
  );
}
