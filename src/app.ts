import { fileURLToPath } from 'node:url';
import { tokenEndsAt } from './authentication/token-expiry.ts';
import type { Config } from './config/config.ts';
import type { DatabaseConnection, DatabaseOptions } from './database/connect.ts';
import { withDatabaseTime } from './database/database-time.ts';
import { toClientError } from './database/errors.ts';
import {
  type OpenDatabaseOptions,
  openDatabase as openMigratedDatabase,
} from './database/open-database.ts';
import { createDenialReport } from './observability/denial-report.ts';
import type { Logger } from './observability/logger.ts';
import type { Load, Metrics } from './observability/metrics.ts';
import { createMetricsServer } from './observability/metrics-server.ts';
import type { Tracing } from './observability/tracing.ts';
import { type AppOptions, createParts, createPassword, type Parts } from './parts.ts';
import type { Events } from './schema/events.ts';
import { createExecutableSchema } from './schema/executable-schema.ts';
import { observeLogin } from './schema/session/observe-login.ts';
import { createSessionCleaner, type SessionCleaner } from './schema/session/session-cleaner.ts';
import { ensureFirstAdmin, type FirstAdmin } from './schema/user/first-admin.ts';
import { createOperationLog } from './server/log-operation.ts';
import { createServer, type Server, type ServerTimes } from './server/server.ts';

/** The folder of the migrations. */
export const migrationsDirectory = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export type { AppOptions } from './parts.ts';

/** A server with all its parts. */
export interface App {
  readonly server: Server;
  /** What happens, and who is told of it. */
  readonly events: Events;
  /** The ADMIN that this start has made, if the database was empty. */
  readonly firstAdmin: FirstAdmin | undefined;
}

/** Opens the database that the settings name. Migrates it, unless they say not to. */
export const openDatabase = (
  config: Config,
  logger: Logger,
  choice: Pick<OpenDatabaseOptions, 'mustExist' | 'limits'> = {},
): Promise<DatabaseConnection> =>
  openMigratedDatabase({
    ...databaseOptions(config, logger),
    migrationsDirectory,
    migrates: config.migratesAtStart,
    ...choice,
  });

/**
 * Builds the parts and joins them to a server, which does not listen yet.
 *
 * @throws {SchemaAuthorizationError | SigningKeysError | FirstAdminError} what keeps it from starting.
 */
export async function createApp(options: AppOptions & ServerTimes): Promise<App> {
  const { connection, logger } = options;
  const { allowedOrigins, socketLimits, trustProxy, operationLimits: limits } = options.config;
  const { loadLimits } = options.config;
  const reportDenial = createDenialReport(logger);
  const authorization = createExecutableSchema({
    toClientError,
    introspection: options.config.introspection,
    ...(options.typeDefs === undefined ? {} : { typeDefs: options.typeDefs }),
    onPolicyError: (error, policy, { requestId }) =>
      logger.error({ err: error, policy, requestId }, 'a policy threw'),
    ...(options.config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
  const parts = await createParts(options);
  const metrics = await createAppMetrics(options.config, {
    hashQueue: parts.hashLoad,
    databasePool: connection.poolLoad,
    sockets: () => server.load(),
  });
  const tracing = await startAppTracing(options.config);
  const logOperation = createOperationLog(logger);
  const { requestTimeoutMs } = options.config.databaseLimits;
  const inDatabaseTime = <Result>(work: () => Promise<Result>) =>
    withDatabaseTime(requestTimeoutMs, work, limits.timeoutMs);
  const login = observeLogin({
    login: parts.services.login,
    toClientError,
    onOutcome: (outcome) => metrics?.countLogin(outcome),
  });
  const server: Server = await createServer({
    ...parts,
    services: { ...parts.services, login, accessOf: authorization.accessOf },
    tokenEndsAt,
    ...{ allowedOrigins, loadLimits, socketLimits, trustProxy, limits },
    elapsedMs: () => performance.now(),
    onOperation(record) {
      logOperation(record);
      metrics?.countOperation(record);
      tracing?.describe(record);
    },
    authorization,
    toClientError,
    logger,
    inDatabaseTime,
    tracing,
    onResponse: (response) => metrics?.countResponse(response),
    ping: () => inDatabaseTime(connection.ping),
    connectionTimes: options.connectionTimes,
    hidesSchema: options.config.introspection !== 'full',
    jwksMaxAgeSeconds: options.config.signingKeys.jwksMaxAgeSeconds,
  });
  const cleaner = createSessionCleaner({
    sessions: parts.stores.sessions,
    onError: (error) => logger.warn({ err: error }, 'dead sessions were not removed'),
  });
  return {
    server: withMetrics(withTracing(withCleaner(server, cleaner), tracing), metrics, options),
    events: parts.events,
    firstAdmin: await makeFirstAdmin(options.config, parts),
  };
}

/** A server that has dead sessions removed for as long as it runs. */
const withCleaner = (server: Server, cleaner: SessionCleaner): Server => ({
  ...server,
  async start(address) {
    const url = await server.start(address);
    cleaner.start();
    return url;
  },
  async stop() {
    await Promise.all([cleaner.stop(), server.stop()]);
  },
});

/** Without a setting for them there are none, and nothing that makes them is loaded. */
async function createAppMetrics({ metrics }: Config, load: Load): Promise<Metrics | undefined> {
  if (metrics === undefined) return undefined;
  const { createMetrics } = await import('./observability/metrics.ts');
  return createMetrics(load);
}

/** Without a setting for them there are none, and nothing of OpenTelemetry is loaded. */
async function startAppTracing({ tracing }: Config): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { startTracing } = await import('./observability/tracing-opentelemetry.ts');
  return startTracing(tracing);
}

/** A server that sends the last traces when it has stopped. */
const withTracing = (server: Server, tracing: Tracing | undefined): Server => ({
  ...server,
  async stop() {
    await server.stop();
    await tracing?.stop();
  },
});

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
      logger.info({ host: address.host, port }, 'metrics are served');
      return server.start(own);
    },
    async stop() {
      await server.stop();
      await metricsServer.stop();
    },
  };
}

/** Where the database is, by the settings. */
export const databaseOptions = (
  { databaseUrl, dataDir, databaseLimits }: Config,
  logger: Logger,
): DatabaseOptions => ({
  url: databaseUrl,
  dataDir,
  limits: databaseLimits,
  onPoolError: (error) => logger.warn({ err: error }, 'a connection to the database broke'),
});

/** Makes the first ADMIN of an empty database. @throws {FirstAdminError} */
export const makeFirstAdmin = (
  { firstAdmin }: Config,
  { stores, services }: Parts,
): Promise<FirstAdmin | undefined> =>
  ensureFirstAdmin({ ...firstAdmin, users: stores.users, services, createPassword });
