import type { Config, Environment } from '../config/config.ts';
import type { SettingsOwner } from '../config/package-settings.ts';
import { adviceOnUnreachable } from '../config/unreachable-database.ts';
import type { DatabaseConnection, DatabaseOptions } from '../database/connect.ts';
import { hasEmbedded } from '../database/embedded/connect-embedded.ts';
import { DataDirectoryInUseError } from '../database/embedded/directory-lock.ts';
import { EmbeddedFolderError } from '../database/embedded/embedded-folder.ts';
import { NotGrantedError, requireGranted } from '../database/migrations/grant-node.ts';
import type { MigrationHistory } from '../database/migrations/migrate.ts';
import { statusOfAll, withDatabase } from '../database/open-database.ts';
import { type Check, ok, problem, warning } from '../values/check.ts';
import { withinTime } from '../values/within-time.ts';
import { checkDatabase, checkDatabaseUser, type DatabaseFacts } from './database-checks.ts';
import { describeError } from './describe-error.ts';
import { checkDataFolder } from './folder-checks.ts';
import { checkKeys, type KeyCheckOptions } from './key-checks.ts';
import { checkPooler } from './pooler-check.ts';
import { checkReplica } from './replica-check.ts';
import { checkSettingNames, checkSettings, checkThreadPool } from './settings-checks.ts';
import { readWork } from './work-checks.ts';

export interface ExamineOptions {
  readonly config: Config;
  /** The environment from which the settings were read. Empty: it is not known. */
  readonly environment: Environment;
  readonly keys: KeyCheckOptions;
  readonly database: DatabaseOptions;
  /** The open database of the process, which a running server examines. Absent: it is opened. */
  readonly connection?: DatabaseConnection;
  readonly histories: readonly MigrationHistory[];
  /** The packages of the project, which may have settings. */
  readonly packages: readonly SettingsOwner[];
  readonly checkPackages: () => Promise<readonly Check[]>;
  /** Describes groups of users or API clients that the schema no longer has, or returns undefined. */
  readonly findRemovedGroups: (connection: DatabaseConnection) => Promise<readonly string[]>;
  /** Runs the checks of the tables of packages and of events. */
  readonly checkTables: (connection: DatabaseConnection) => Promise<readonly Check[]>;
  readonly cores: number;
  readonly now: () => Date;
}

const serverTimeoutMs = 2_500;
/** Longer, because the embedded database runs in this process, and opens slowly on a busy machine. */
const embeddedTimeoutMs = 60_000;

/** Checks everything that the server needs. Changes nothing, and never rejects. */
export const examine = async (options: ExamineOptions): Promise<readonly Check[]> => [
  ...checkSettings(options.config),
  ...checkSettingNames(options.environment, options.packages),
  checkThreadPool(options.config, options.cores),
  checkKeys(options.keys),
  ...(options.database.url === undefined ? checkDataFolder(options.database.dataDir) : []),
  ...(await examineDatabase(options)),
  ...(await checkPooler(options.database, serverTimeoutMs)),
  ...(await checkReplica(options.database, serverTimeoutMs)),
  ...(await options.checkPackages()),
];

async function examineDatabase(options: ExamineOptions): Promise<readonly Check[]> {
  const { url, dataDir } = options.database;
  if (url === undefined && options.connection === undefined && !hasEmbedded(dataDir)) {
    const found = `none in ${dataDir}`;
    return [
      options.database.mayCreate
        ? warning('database', found, 'start the server once, or set DATABASE_URL')
        : problem('database', found, 'set DATABASE_URL, or DATABASE=embedded to create one'),
    ];
  }
  const timeoutMs = url === undefined ? embeddedTimeoutMs : serverTimeoutMs;
  try {
    const facts = await withinTime(timeoutMs, openAndRead(options));
    // The embedded database has only one user.
    const mayHaveUsers = options.config.isProduction && url !== undefined;
    return [
      ...checkDatabase(facts),
      ...(mayHaveUsers ? checkDatabaseUser(facts) : []),
      ...facts.ofTables,
    ];
  } catch (error) {
    if (error instanceof DataDirectoryInUseError) {
      return [ok('data folder', `${dataDir} is in use by ${error.holder}: not checked`)];
    }
    if (error instanceof EmbeddedFolderError) {
      const { found, advice } = error.problem;
      return [problem('database', `${dataDir} cannot be opened: ${found}`, advice)];
    }
    if (error instanceof NotGrantedError) return [problem('database', error.message, error.advice)];
    const advice = adviceOn(options.config, error);
    return [problem('database', `does not respond: ${describeError(error)}`, advice)];
  }
}

const adviceOn = (config: Config, error: unknown): string =>
  config.databaseUrl === undefined
    ? 'restore a backup of DATA_DIR, or start with an empty one'
    : adviceOnUnreachable(config, error);

/** What is known of the database, and what was found in the tables of packages and events. */
interface Facts extends DatabaseFacts {
  readonly ofTables: readonly Check[];
}

const openAndRead = (options: ExamineOptions): Promise<Facts> =>
  options.connection === undefined
    ? withDatabase(options.database, (connection) => readFacts(options, connection))
    : readFacts(options, options.connection);

async function readFacts(
  { histories, findRemovedGroups, checkTables, now }: ExamineOptions,
  connection: DatabaseConnection,
): Promise<Facts> {
  const server = await readServer(connection, now);
  await requireGranted(connection, histories);
  const migrations = await statusOfAll(connection, histories);
  // Before the first migration there are no tables.
  const isMigrated = migrations.applied.length > 0;
  const removedGroups = isMigrated ? await findRemovedGroups(connection) : [];
  const work = isMigrated ? await readWork(connection) : undefined;
  const isComplete = isMigrated && migrations.pending.length === 0;
  const ofTables = isComplete ? await checkTables(connection) : [];
  const { description } = connection;
  return { description, ...server, migrations, removedGroups, work, ofTables };
}

async function readServer({ migrations }: DatabaseConnection, now: () => Date) {
  // The first query includes connecting. Only the second one takes one round trip.
  await migrations.query('SELECT 1');
  const askedAt = now().getTime();
  const [row] = await migrations.query<{
    readonly version: number;
    readonly isSuperuser: boolean;
    readonly findsOwnTablesFirst: boolean;
    readonly at: number;
  }>(
    `SELECT current_setting('server_version_num')::int AS "version",
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "isSuperuser",
       current_schema() IS NOT DISTINCT FROM 'gatehouse' AS "findsOwnTablesFirst",
       (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "at"`,
  );
  const answeredAt = now().getTime();
  if (row === undefined) throw new Error('The database returned no row.');
  const { version: versionNumber, at, ...facts } = row;
  return { ...facts, versionNumber, clockAheadMs: at - (askedAt + answeredAt) / 2 };
}
