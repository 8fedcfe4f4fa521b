import type { Config } from '../config/config.ts';
import type { DatabaseOptions } from '../database/connect.ts';
import { loadCarrier, type PackageOptions } from './package-parts.ts';

/** The share of a request's time for the database in which it waits for a replica. The rest is for the primary. */
const replicaShare = 0.3;

/** Where the database is, by the settings. */
export const databaseOptions = ({ config, logger, project }: PackageOptions): DatabaseOptions => ({
  url: config.databaseUrl,
  directUrl: config.databaseDirectUrl,
  dataDir: config.dataDir,
  replica: replicaOptions(config, logger),
  loadCarrier: () => loadCarrier({ config, logger, project }),
  mayCreate: config.mayCreateDatabase,
  limits: config.databaseLimits,
  onPoolError: (error) => logger.warn({ err: error }, 'a database connection failed'),
});

function replicaOptions(
  { databaseReplica, databaseLimits }: Config,
  logger: PackageOptions['logger'],
): DatabaseOptions['replica'] {
  if (databaseReplica === undefined) return undefined;
  return {
    ...databaseReplica,
    patienceMs: databaseLimits.requestTimeoutMs * replicaShare,
    onChange: (reason) =>
      reason === undefined
        ? logger.info('reading lists from the replica')
        : logger.warn({ reason }, 'reading lists from the primary'),
  };
}
