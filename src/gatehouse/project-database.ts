import {
  connectDatabase,
  type DatabaseConnection,
  type DatabaseOptions,
} from '../database/connect.ts';
import {
  type OpenDatabaseOptions,
  openDatabase as openMigratedDatabase,
} from '../database/open-database.ts';
import type { DatabaseAccess } from '../schema/database-access.ts';
import { historiesOf } from '../schema/packages/histories.ts';
import { loadCarrier } from '../schema/packages/package-calls.ts';
import type { ProjectOptions } from './app-inputs.ts';

/** Connects without migrating. PostgreSQL may be unreachable at this point. */
export const openDatabaseAsItIs = (options: ProjectOptions): Promise<DatabaseConnection> =>
  connectDatabase(databaseOptions(options));

/** Opens the configured database. Migrates it, unless the settings disable that. */
export const openDatabase = (
  options: ProjectOptions,
  choice: Pick<OpenDatabaseOptions, 'mustExist' | 'limits' | 'onNewer'> = {},
): Promise<DatabaseConnection> =>
  openMigratedDatabase({
    ...databaseOptions(options),
    histories: historiesOf(options.project),
    migrates: options.config.migratesAtStart,
    ...choice,
  });

/** The share of a request's time for the database in which it waits for a replica. The rest is for the primary. */
const replicaShare = 0.3;

/** Where the database is, by the settings. */
export function databaseOptions(options: ProjectOptions): DatabaseOptions {
  const { config, logger } = options;
  const { databaseReplica: replica, databaseLimits: limits } = config;
  return {
    url: config.databaseUrl,
    directUrl: config.databaseDirectUrl,
    dataDir: config.dataDir,
    replica: replica && {
      ...replica,
      patienceMs: limits.requestTimeoutMs * replicaShare,
      onChange: (reason) =>
        reason === undefined
          ? logger.info('reading lists from the replica')
          : logger.warn({ reason }, 'reading lists from the primary'),
    },
    loadCarrier: () => loadCarrier(options),
    mayCreate: config.mayCreateDatabase,
    limits,
    onPoolError: (error) => logger.warn({ err: error }, 'a database connection failed'),
  };
}

/** The access of a project's data client and of packages. */
export const accessTo = ({ adapter, driver }: DatabaseConnection): DatabaseAccess => ({
  adapter,
  ...driver,
});
