import type { Authenticate } from '../authentication/authenticate.ts';
import { withTracedReads } from '../database/connect/traced-reads.ts';
import { toClientError } from '../database/errors.ts';
import { prepareDatabase } from '../database/open-database.ts';
import {
  type RetryUntilAvailableOptions,
  retryUntilAvailable,
} from '../database/time/retry-until-available.ts';
import { createServer, type Server } from '../doors/http/server.ts';
import type { CreateContext } from '../doors/request/request-context.ts';
import { ServiceUnavailableError } from '../errors.ts';
import type { EventSource } from '../events/event-source.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import { startTracing } from '../observability/load-tracing.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createMetricsServer } from '../observability/metrics-server.ts';
import { warnOfNewerMigrations } from '../observability/newer-migrations.ts';
import { isMasked } from '../operation/errors/format-error.ts';
import { errorCodes } from '../operation/errors/graphql-error.ts';
import { historiesOf } from '../schema/packages/histories.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { makeFirstAdmin } from './account-parts.ts';
import { type AppOptions, inputsOf, options, project } from './app-inputs.ts';
import { accessHistory, backgroundWork } from './background-parts.ts';
import { hashing, loginCounters } from './credentials.ts';
import { doorParts } from './door-parts.ts';
import { type Get, part, startParts } from './part.ts';
import { events, factorRules, schema, stores } from './parts.ts';

export interface App {
  readonly server: Server;
  readonly events: Pick<EventSource, 'subscriberCount'>;
  readonly authenticate: Authenticate;
  readonly createContext: CreateContext;
  /** Whether it refuses operations for their text alone. */
  readonly refusesTexts: boolean;
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

/** Without a setting for them there are none, and nothing that makes them is loaded. */
const metrics = part(
  'metrics',
  async (get, made) => {
    const { config, connection, logger } = get(options);
    const { metrics: address } = config;
    if (address === undefined) return undefined;
    const { createMetrics } = await import('../observability/metrics.ts');
    const load = {
      hashQueue: () => made(hashing).load(),
      loginCounters: () => made(loginCounters).load(),
      databasePool: connection.poolLoad,
      sockets: () => made(server).load(),
    };
    const codes = [...errorCodes, ...Object.keys(get(schema).errors.errorStatuses)];
    const counts = createMetrics(load, codes);
    const { start, stop } = createMetricsServer(counts);
    return {
      counts,
      stop,
      async start() {
        const port = await start(address);
        logger.info({ host: address.host, port }, 'serving metrics');
      },
    };
  },
  (running) => running?.stop(),
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
  await retry(get(accessHistory).see);
  for (const rules of await get(factorRules)) await retry(async () => rules.prepare?.());
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
  await retry(get(events).source.start);
}

const server = part(
  'server',
  async (get): Promise<Server> => {
    const { config, connection, connectionTimes, tracing } = get(options);
    const { requireDone } = get(preparation);
    const doors = await get(doorParts);
    const counted = await get(metrics);
    const created = await createServer({
      ...doors,
      async authenticate(credentials) {
        requireDone();
        return doors.authenticate(credentials);
      },
      async ping() {
        requireDone();
        await doors.withinReadTimeout(connection.ping);
      },
      routes: doors.routes.map((route) => ({
        ...route,
        async run(call) {
          requireDone();
          return route.run(call);
        },
      })),
      allowedOrigins: config.allowedOrigins,
      loadLimits: config.loadLimits,
      socketLimits: config.socketLimits,
      trustProxy: config.trustProxy,
      pages: packagesOf(get(project).config).flatMap(({ pages = [] }) => pages),
      limits: config.operationLimits,
      connectionTimes,
      elapsedMs: () => performance.now(),
      tracing,
      onResponse: counted?.counts.countResponse,
    });
    return {
      ...created,
      async start(address) {
        await counted?.start();
        return created.start(address);
      },
    };
  },
  ({ stop }) => stop(),
);

/**
 * Builds the parts and joins them to a server, which does not listen yet. Does not need the database.
 *
 * @throws {CompositionError | SigningKeysError} what keeps it from starting. The connection stays open, and nothing
 *   else.
 */
export async function createApp(appOptions: AppOptions): Promise<App> {
  const { tracing: settings } = appOptions.config;
  const tracing = settings && (await startTracing(settings));
  const counts: Partial<Metrics> = {};
  const observed: AppOptions = {
    ...appOptions,
    connection: withTracedReads(appOptions.connection, tracing?.statement),
    tracing,
    counts,
  };
  return startParts(inputsOf(observed, tracing?.stop), async ({ get, close }) => {
    Object.assign(counts, (await get(metrics))?.counts);
    const { authenticate, createContext, events, operations } = await get(doorParts);
    const work = await get(backgroundWork); // before the server, which is then stopped first
    return {
      server: { ...(await get(server)), stop: close },
      events,
      authenticate,
      createContext,
      refusesTexts: operations.gate.isClosed,
      async prepare(waiting) {
        await get(preparation).prepare(waiting);
        work.start();
      },
    };
  });
}
