import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import { describeMisspelled, findMisspelledSettings } from '../../config/misspelled-settings.ts';
import { NamedError } from '../../error-pages.ts';
import { type App, createApp, isRefusal } from '../../gatehouse/app.ts';
import type { ProjectOptions } from '../../gatehouse/app-inputs.ts';
import { openDatabaseAsItIs } from '../../gatehouse/project-database.ts';
import type { Logger } from '../../observability/logger.ts';
import { packagesOf } from '../../schema/packages/packages.ts';
import type { CliContext } from '../command.ts';
import { firstAdminLines } from '../first-admin-lines.ts';
import { createUnavailableLog } from '../unavailable-log.ts';
import { addSamples } from './seed.ts';

/** Serves until the process receives a signal to terminate, then completes the requests in progress. */
export async function runStart(
  context: CliContext,
  { seeds }: { readonly seeds: boolean },
): Promise<void> {
  const loaded = await context.load();
  const { config, logger, project } = loaded;
  const packages = packagesOf(project.config);
  for (const misspelled of findMisspelledSettings(context.environment, packages)) {
    logger.warn(misspelled, describeMisspelled(misspelled));
  }
  const terminated = new Promise<string>((resolve) => context.onTerminate(resolve));
  // graphql-js 16 drops the promises of a list in which one item has failed: a refusal or a database
  // that is down then rejects without a handler, and must not end the process.
  context.onStrayRejection((reason) => {
    const level = isRefusal(reason) ? 'info' : 'error';
    logger[level]({ err: reason }, 'unhandled promise rejection');
  });
  const connection = await openDatabaseAsItIs(loaded);
  const stopping = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  try {
    const app = await createApp({ ...loaded, connection, environment: context.environment });
    const { prepared, isUnderWay, hasFirstAdmin } = prepare(app, context, {
      loaded,
      signal: stopping.signal,
      onNewDatabase: async () => {
        // ADMIN_PASSWORD means that the database is for use, not for a trial.
        const isForTrying = !config.isProduction && config.firstAdmin.password === undefined;
        if (seeds && isForTrying) await addSamples({ ...loaded, connection }, context);
      },
    });
    await isUnderWay;
    const { server } = app;
    const address = await server.start(config).catch((error: unknown) => {
      throw toListenError(error, config);
    });
    // In production the first user may never have been created by this server, so hints name only a user created now.
    const showsHints = !config.isProduction || hasFirstAdmin();
    printStart(context, {
      address,
      database: connection.description,
      showsHints,
      refusesTexts: app.refusesTexts,
    });
    if (config.reportsOnly) logger.warn('AUTHORIZATION=report: no access is denied');

    try {
      const reason = await Promise.race([terminated, prepared.then(() => terminated)]);
      logger.info({ reason }, 'stopping');
    } finally {
      stopping.abort();
      deadline = startDeadline(config, logger);
      await stop(server, config, logger);
    }
  } finally {
    await connection.close();
    clearTimeout(deadline);
  }
  logger.info('stopped');
}

interface Started {
  readonly address: string;
  readonly database: string;
  readonly showsHints: boolean;
  /** Whether it refuses operations for their text alone. */
  readonly refusesTexts: boolean;
}

function printStart(context: CliContext, started: Started): void {
  const { address, database, showsHints } = started;
  const config = context.config();
  for (const line of startLines(address, database, showsHints)) context.print(line);
  for (const line of showsHints ? nextStepLines(started, config) : ['']) context.print(line);
  if (!config.reportsOnly) return;
  context.print(
    '  WARNING: AUTHORIZATION=report. NO ACCESS IS DENIED: everyone can do everything.\n',
  );
}

/** Ends the process with code 1 at STOP_SECONDS, whatever still hangs, unless it is cleared. */
function startDeadline({ stop }: Config, logger: Logger): NodeJS.Timeout {
  const { deadlineSeconds } = stop;
  // Not waited for when all else has ended.
  return setTimeout(() => {
    logger.fatal({ deadlineSeconds }, 'shutdown deadline exceeded: abandoning work in progress');
    process.exit(1);
  }, deadlineSeconds * 1000).unref();
}

/**
 * Reports that the server is not ready, continues to serve while the proxy notices, and then completes the requests
 * in progress.
 */
async function stop(server: App['server'], config: Config, logger: Logger): Promise<void> {
  const { drainSeconds } = config.stop;
  logger.info({ drainSeconds }, 'draining');
  server.drain();
  await wait(drainSeconds * 1000);
  await server.stop();
}

interface PrepareOptions {
  readonly loaded: ProjectOptions;
  readonly signal: AbortSignal;
  /** Called when the database is prepared, if it had no users. */
  readonly onNewDatabase: () => Promise<void>;
}

/** Prepares the database. `isUnderWay` resolves once that is done, or has to wait for the database. */
function prepare(
  { prepare }: App,
  { print }: Pick<CliContext, 'print'>,
  { loaded, signal, onNewDatabase }: PrepareOptions,
) {
  const logUnavailable = createUnavailableLog({
    config: loaded.config,
    logger: loaded.logger,
    elapsedMs: () => performance.now(),
  });
  let reportWait = () => {};
  let hasFirstAdmin = false;
  const isWaiting = new Promise<void>((resolve) => {
    reportWait = resolve;
  });
  const prepared = prepare({
    signal,
    onFirstAdmin(firstAdmin) {
      hasFirstAdmin = firstAdmin !== undefined;
      // Before later steps can fail: a generated password is not shown anywhere else.
      for (const line of firstAdminLines(firstAdmin)) print(line);
    },
    onUnavailable(error) {
      logUnavailable(error);
      reportWait();
    },
  }).then(() => (hasFirstAdmin ? onNewDatabase() : undefined));
  prepared.catch(() => {}); // callers that await it get the error
  return {
    prepared,
    isUnderWay: Promise.race([prepared, isWaiting]),
    hasFirstAdmin: () => hasFirstAdmin,
  };
}

const startLines = (address: string, database: string, hints: boolean): string[] => [
  '',
  `  Gatehouse   ${address}/graphql${hints ? '   (open in a browser to try the API)' : ''}`,
  `  Database    ${database}`,
];

function nextStepLines({ address, refusesTexts }: Started, { firstAdmin }: Config): string[] {
  if (refusesTexts) {
    return [
      '',
      '  Log in by a front end of yours, or by the page at this address.',
      '  Other texts are rejected, such as one by curl.',
      '',
    ];
  }
  const body = {
    query:
      'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }',
    variables: { u: firstAdmin.username, p: 'PASSWORD' },
  };
  return [
    '',
    '  Log in:',
    `  curl ${address}/graphql -H 'content-type: application/json' -d '${JSON.stringify(body)}'`,
    '',
  ];
}

const advice: Readonly<Record<string, (port: string) => string>> = {
  EADDRINUSE: (port) => `stop the other process, or set ${port}`,
  EACCES: (port) => `set ${port} to one above 1023, and let a proxy listen on the lower one`,
  EADDRNOTAVAIL: (port) => `set ${port.replace('PORT', 'HOST')} to an address of this machine`,
};

/** Adds to an error of listening which setting to change. Gives every other error back as it is. */
function toListenError(error: unknown, { metrics }: Pick<Config, 'metrics'>): unknown {
  if (!(error instanceof Error && 'code' in error && 'port' in error)) return error;
  const isOfMetrics = metrics !== undefined && error.port === metrics.port;
  const toDo = advice[String(error.code)]?.(isOfMetrics ? 'METRICS_PORT' : 'PORT');
  if (toDo === undefined) return error;
  return new NamedError('port-unavailable', `${error.message}. To do: ${toDo}.`, { cause: error });
}
