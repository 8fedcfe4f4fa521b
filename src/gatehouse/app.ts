import type { Authenticate } from '../authentication/authenticate.ts';
import { withTracedReads } from '../database/connect/traced-reads.ts';
import { toClientError } from '../database/errors.ts';
import { prepareDatabase } from '../database/open-database.ts';
import {
  type RetryUntilAvailableOptions,
  retryUntilAvailable,
} from '../database/time/retry-until-available.ts';
import { createServer, type Server, type ServerTimes } from '../doors/http/server.ts';
import type { CreateContext } from '../doors/request/request-context.ts';
import { ServiceUnavailableError } from '../errors.ts';
import type { EventSource } from '../events/event-source.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import { startTracing } from '../observability/load-tracing.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createMetricsServer, type MetricsServer } from '../observability/metrics-server.ts';
import { warnOfNewerMigrations } from '../observability/newer-migrations.ts';
import type { Tracing } from '../observability/tracing.ts';
import { isMasked } from '../operation/errors/format-error.ts';
import { errorCodes } from '../operation/errors/graphql-error.ts';
import { type AppOptions, givenBy, options, project } from './given.ts';
import { type Get, input, part, startParts } from './part.ts';
import {
  backgroundWork,
  domainErrors,
  doorParts,
  events,
  hashing,
  loginCounters,
  makeFirstAdmin,
  stores,
} from './parts.ts';
import { historiesOf } from './project-database.ts';

export type { AppOptions } from './given.ts';
export { openDatabase, openDatabaseAsItIs } from './project-database.ts';

/** A server with all its parts. */
export interface App {
  readonly server: Server;
  readonly events: Pick<EventSource, 'subscriberCount'>;
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  /**
   * Prepares the database as soon as it is available: migrations, the first ADMIN, and the listening connection.
   * Until then every request is answered with 503, and the server is not ready.
   *
   * @throws {FirstAdminError} and other errors with which the server cannot work, so that the process should end.
   */
  prepare(options: PrepareOptions): Promise<void>;
}

export interface PrepareOptions extends RetryUntilAvailableOptions {
  /** Called with the ADMIN that was created in an empty database, before later steps can fail. */
  readonly onFirstAdmin: (firstAdmin: FirstAdmin | undefined) => void;
}

/** Whether clients are shown an error: then it is no error of the server. */
export const isRefusal = (error: unknown): boolean => !isMasked(error, toClientError);

interface ServingOptions extends ServerTimes {
  /** Absent: nothing is traced. */
  readonly tracing: Tracing | undefined;
}

const serving = input<ServingOptions>('how to serve');

/** Without a setting for them there are none, and nothing that makes them is loaded. */
const metrics = part(
  'metrics',
  async (get, made): Promise<(Metrics & { readonly server: MetricsServer }) | undefined> => {
    const { config, connection } = get(options);
    if (config.metrics === undefined) return undefined;
    const { createMetrics } = await import('../observability/metrics.ts');
    const load = {
      hashQueue: () => made(hashing).load(),
      loginCounters: () => made(loginCounters).load(),
      databasePool: connection.poolLoad,
      sockets: () => made(server).load(),
    };
    const codes = [...errorCodes, ...Object.keys(get(domainErrors).errorStatuses)];
    const counted = createMetrics(load, codes);
    return { ...counted, server: createMetricsServer(counted) };
  },
  (counted) => counted?.server.stop(),
);

/** The steps that prepare the database for the server. Each runs once. */
const preparation = part('preparation', (get) => {
  let isDone = false;
  return {
    /** @throws {ServiceUnavailableError} until it is done: without its tables, the database cannot be used. */
    requireDone() {
      if (!isDone) throw new ServiceUnavailableError();
    },
    async prepare(waiting: PrepareOptions) {
      await prepareAll(get, waiting);
      isDone = true;
    },
  };
});

async function prepareAll(get: Get, { onFirstAdmin, ...waiting }: PrepareOptions): Promise<void> {
  const { config, connection, logger } = get(options);
  const histories = historiesOf(get(project));
  const onNewer = warnOfNewerMigrations(logger);
  const migrates = config.migratesAtStart;
  const retry = <Result>(work: () => Promise<Result>) => retryUntilAvailable(work, waiting);
  const createFirstAdmin = await get(makeFirstAdmin);
  await retry(() => prepareDatabase({ connection, histories, migrates, onNewer }));
  const firstAdmin = await retry(createFirstAdmin);
  if (firstAdmin === undefined && config.firstAdmin.password !== undefined) {
    logger.info('ADMIN_PASSWORD is ignored: the database already has users');
  }
  onFirstAdmin(firstAdmin);
  const removed = await retry(get(stores).groups.listRemoved);
  if (removed.length > 0) {
    logger.warn(
      `users or API clients hold groups that the schema does not have: ${removed.join(', ')}; ` +
        'run `groups list`, then `groups rename` or `groups drop`',
    );
  }
  await retry(get(events).start);
}

const server = part(
  'server',
  async (get): Promise<Server> => {
    const { config, connection } = get(options);
    const { requireDone } = get(preparation);
    const doors = await get(doorParts);
    return createServer({
      ...doors,
      ...get(serving),
      async authenticate(credentials) {
        requireDone();
        return doors.authenticate(credentials);
      },
      async ping() {
        requireDone();
        await doors.withinReadTimeout(connection.ping);
      },
      allowedOrigins: config.allowedOrigins,
      loadLimits: config.loadLimits,
      socketLimits: config.socketLimits,
      trustProxy: config.trustProxy,
      limits: config.operationLimits,
      elapsedMs: () => performance.now(),
      onResponse: (await get(metrics))?.countResponse,
    });
  },
  ({ stop }) => stop(),
);

/**
 * Builds the parts and joins them to a server, which does not listen yet. Does not need the database.
 *
 * @throws {CompositionError | SigningKeysError} what keeps it from starting. The connection stays open, and nothing
 *   else.
 */
export async function createApp({
  connectionTimes,
  ...given
}: AppOptions & ServerTimes): Promise<App> {
  const { tracing: settings } = given.config;
  const tracing = settings && (await startTracing(settings));
  let counted: Metrics | undefined;
  const observed: AppOptions = {
    ...given,
    connection: withTracedReads(given.connection, tracing?.statement),
    observer: {
      onOperation(record) {
        counted?.countOperation(record);
        tracing?.describe(record);
      },
      onLoginOutcome: (outcome) => counted?.countLogin(outcome),
      onSessionsRemoved: (count) => counted?.countRemovedSessions(count),
    },
  };
  const all = [...givenBy(observed, tracing?.stop), serving.as({ connectionTimes, tracing })];
  return startParts(all, async ({ get, close }) => {
    counted = await get(metrics);
    const { authenticate, createContext, events } = await get(doorParts);
    const work = get(backgroundWork); // before the server, which is then stopped first
    const running = await get(server);
    return {
      server: { ...running, start: startWithMetrics(get, running), stop: close },
      events,
      authenticate,
      createContext,
      async prepare(waiting) {
        await get(preparation).prepare(waiting);
        work.start();
      },
    };
  });
}

const startWithMetrics =
  (get: Get, { start }: Server): Server['start'] =>
  async (own) => {
    const { config, logger } = get(options);
    const counted = await get(metrics);
    if (counted !== undefined && config.metrics !== undefined) {
      const { host } = config.metrics;
      const port = await counted.server.start(config.metrics);
      logger.info({ host, port }, 'serving metrics');
    }
    return start(own);
  };
