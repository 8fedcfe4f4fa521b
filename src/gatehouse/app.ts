import type { Config } from '../config/config.ts';
import { closeOnFailure, type Opened } from '../database/close-on-failure.ts';
import { withTracedReads } from '../database/connect/traced-reads.ts';
import { connectDatabase, type DatabaseConnection } from '../database/connect.ts';
import { toClientError } from '../database/errors.ts';
import {
  type OpenDatabaseOptions,
  openDatabase as openMigratedDatabase,
  prepareDatabase,
} from '../database/open-database.ts';
import { retryUntilAvailable } from '../database/time/retry-until-available.ts';
import { runInOrder } from '../database/time/run-in-order.ts';
import { createServer, type Server, type ServerTimes } from '../doors/http/server.ts';
import { createRequestCookies, type RequestCookies } from '../doors/request/request-cookies.ts';
import { ServiceUnavailableError } from '../errors.ts';
import type { EventSource } from '../events/event-source.ts';
import { createBackgroundWork } from '../identity/background-work.ts';
import type { PeriodicTask } from '../identity/periodic-task.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import { startTracing } from '../observability/load-tracing.ts';
import { withoutRedaction } from '../observability/logger.ts';
import type { Load, Metrics } from '../observability/metrics.ts';
import { createMetricsServer } from '../observability/metrics-server.ts';
import { warnOfNewerMigrations } from '../observability/newer-migrations.ts';
import type { Tracing } from '../observability/tracing.ts';
import { createOperationLog } from '../operation/answer/log-operation.ts';
import { isMasked } from '../operation/errors/format-error.ts';
import { errorCodes } from '../operation/errors/graphql-error.ts';
import { databaseOptions } from './database-options.ts';
import { historiesOf } from './histories.ts';
import { createOperationParts } from './operation-parts.ts';
import { createPackageTasks, type PackageOptions } from './package-parts.ts';
import { type AppOptions, createParts, makeFirstAdmin, type Parts } from './parts.ts';

export type { AppOptions } from './parts.ts';

/** A server with all its parts. */
export interface App extends Pick<Parts, 'authenticate' | 'createContext'> {
  readonly server: Server;
  readonly events: Pick<EventSource, 'subscriberCount'>;
  /**
   * Prepares the database as soon as it is available: migrations, the first ADMIN, and the listening connection.
   * Until then every request is answered with 503, and the server is not ready.
   *
   * @throws {FirstAdminError} and other errors with which the server cannot work, so that the process should end.
   */
  prepare(options: PrepareOptions): Promise<void>;
}

export interface PrepareOptions {
  /** Stops waiting for an unavailable database. */
  readonly signal: AbortSignal;
  /** Called with the ADMIN that was created in an empty database, before later steps can fail. */
  readonly onFirstAdmin: (firstAdmin: FirstAdmin | undefined) => void;
  /** Called for each failed attempt to use the database. Another one follows. */
  readonly onUnavailable: (error: unknown) => void;
}

/** Whether clients are shown an error: then it is no error of the server. */
export const isRefusal = (error: unknown): boolean => !isMasked(error, toClientError);

/** Connects without migrating. PostgreSQL may be unreachable at this point. */
export const openDatabaseAsItIs = (options: PackageOptions): Promise<DatabaseConnection> =>
  connectDatabase(databaseOptions(options));

/** Opens the configured database. Migrates it, unless the settings disable that. */
export const openDatabase = (
  options: PackageOptions,
  choice: Pick<OpenDatabaseOptions, 'mustExist' | 'limits' | 'onNewer'> = {},
): Promise<DatabaseConnection> =>
  openMigratedDatabase({
    ...databaseOptions(options),
    histories: historiesOf(options.project),
    migrates: options.config.migratesAtStart,
    ...choice,
  });

/**
 * Builds the parts and joins them to a server, which does not listen yet. Does not need the database.
 *
 * @throws {CompositionError | SigningKeysError} what keeps it from starting. The connection stays open, and nothing
 *   else.
 */
export const createApp = (options: AppOptions & ServerTimes): Promise<App> =>
  closeOnFailure((opened) => openApp(options, opened));

async function openApp(options: AppOptions & ServerTimes, opened: Opened): Promise<App> {
  const { connection, logger } = options;
  const { allowedOrigins, socketLimits, trustProxy, operationLimits: limits } = options.config;
  const { loadLimits } = options.config;
  const tracing = await startAppTracing(options.config);
  if (tracing !== undefined) opened.add(tracing.stop);
  const parts = await createParts({
    ...options,
    connection: withTracedReads(connection, tracing?.statement),
    onLoginOutcome: (outcome) => metrics?.countLogin(outcome),
  });
  opened.add(parts.close);
  const metrics = await createAppMetrics(options.config, parts, {
    hashQueue: parts.hashLoad,
    loginCounters: parts.counterLoad,
    databasePool: connection.poolLoad,
    sockets: () => server.load(),
  });
  const logOperation = createOperationLog(withoutRedaction(logger));
  const running = createOperationParts(options, parts, (record) => {
    logOperation(record);
    metrics?.countOperation(record);
    tracing?.describe(record);
  });
  const work = createBackgroundWork({
    stores: parts.stores,
    onSessionsRemoved: metrics?.countRemovedSessions,
    onError: (error, failed) => logger.warn({ err: error }, failed),
    others: createPackageTasks(options),
  });
  const preparation = createPreparation(options, parts);
  const server: Server = await createServer({
    ...parts,
    authenticate: async (credentials) => {
      preparation.requireDone();
      return parts.authenticate(credentials);
    },
    cookies: createCookies(options.config, parts.now),
    allowedOrigins,
    loadLimits,
    socketLimits,
    trustProxy,
    limits,
    elapsedMs: () => performance.now(),
    logger,
    ...running,
    tracing,
    onResponse: metrics?.countResponse,
    ping: async () => {
      preparation.requireDone();
      await running.withinReadTimeout(connection.ping);
    },
    connectionTimes: options.connectionTimes,
    jwksMaxAgeSeconds: options.config.signingKeys.jwksMaxAgeSeconds,
  });
  return {
    server: withMetrics(withOpened(withBackgroundWork(server, work), opened), metrics, options),
    events: parts.events,
    authenticate: parts.authenticate,
    createContext: parts.createContext,
    async prepare(waiting) {
      await preparation.prepare(waiting);
      work.start();
    },
  };
}

/** Creates the functions that read and write session cookies. */
export const createCookies = (
  { isProduction, sessionCookieSameSite: sameSite, allowedOrigins }: Config,
  now: () => Date,
): RequestCookies =>
  createRequestCookies({ sameSite, allowsInsecure: !isProduction, allowedOrigins, now });

/** Creates the steps that prepare the database for the server. Each runs once. */
function createPreparation({ config, connection, logger, project }: AppOptions, parts: Parts) {
  const histories = historiesOf(project);
  const migrates = config.migratesAtStart;
  let isDone = false;

  return {
    /** @throws {ServiceUnavailableError} until it is done: without its tables, the database cannot be used. */
    requireDone() {
      if (!isDone) throw new ServiceUnavailableError();
    },
    async prepare({ onFirstAdmin, ...waiting }: PrepareOptions) {
      const onNewer = warnOfNewerMigrations(logger);
      await retryUntilAvailable(
        () => prepareDatabase({ connection, histories, migrates, onNewer }),
        waiting,
      );
      const firstAdmin = await retryUntilAvailable(() => makeFirstAdmin(config, parts), waiting);
      if (firstAdmin === undefined && config.firstAdmin.password !== undefined) {
        logger.info('ADMIN_PASSWORD is ignored: the database already has users');
      }
      onFirstAdmin(firstAdmin);
      const removed = await retryUntilAvailable(parts.stores.groups.listRemoved, waiting);
      if (removed.length > 0) {
        logger.warn(
          `users or API clients hold groups that the schema does not have: ${removed.join(', ')}; ` +
            'run `groups list`, then `groups rename` or `groups drop`',
        );
      }
      await retryUntilAvailable(parts.events.start, waiting);
      isDone = true;
    },
  };
}

/** A server whose end waits for the background work. */
const withBackgroundWork = (server: Server, work: PeriodicTask): Server => ({
  ...server,
  async stop() {
    await Promise.all([work.stop(), server.stop()]);
  },
});

/** A server that closes everything below it when it has stopped. */
const withOpened = (server: Server, { close }: Opened): Server => ({
  ...server,
  stop: () => runInOrder([server.stop, close]),
});

/** Without a setting for them there are none, and nothing that makes them is loaded. */
async function createAppMetrics(
  { metrics }: Config,
  { errorStatuses }: Parts,
  load: Load,
): Promise<Metrics | undefined> {
  if (metrics === undefined) return undefined;
  const { createMetrics } = await import('../observability/metrics.ts');
  return createMetrics(load, [...errorCodes, ...Object.keys(errorStatuses)]);
}

/** Without a setting for them there are none, and nothing of OpenTelemetry is loaded. */
const startAppTracing = async ({ tracing }: Config): Promise<Tracing | undefined> =>
  tracing === undefined ? undefined : startTracing(tracing);

/** A server whose metrics are served for as long as it runs. */
function withMetrics(
  server: Server,
  metrics: Metrics | undefined,
  { config, logger }: Pick<AppOptions, 'config' | 'logger'>,
): Server {
  const address = config.metrics;
  if (metrics === undefined || address === undefined) return server;
  const metricsServer = createMetricsServer(metrics);
  return {
    ...server,
    async start(own) {
      const port = await metricsServer.start(address);
      logger.info({ host: address.host, port }, 'serving metrics');
      return server.start(own);
    },
    stop: () => runInOrder([server.stop, metricsServer.stop]),
  };
}
