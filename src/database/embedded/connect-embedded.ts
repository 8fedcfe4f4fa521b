import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { withPrivateErrors, withPrivateReadErrors } from '../connect/private-errors.ts';
import {
  createDatabase,
  type DatabaseConnection,
  type MigrationAccess,
  type PreparedStatement,
  type RunSql,
  type WorkLimits,
} from '../connection.ts';
import {
  createEmbeddedNotifications,
  singleProcessParams,
} from '../events/notifications-embedded.ts';
import { runInOrder } from '../time/run-in-order.ts';
import { outsideTransactions } from '../time/transaction-scope.ts';
import { lockDirectory } from './directory-lock.ts';
import {
  EmbeddedFolderError,
  isOccupied,
  makePrivate,
  requireDatabase,
  unusableFiles,
} from './embedded-folder.ts';
import { withWholeErrors } from './whole-errors.ts';

/** An embedded database in memory. It can be copied, and is lost when closed. */
export interface MemoryConnection extends DatabaseConnection {
  /** Returns the whole database as an archive for `connectMemory`. */
  snapshot(): Promise<Blob>;
}

/** The extensions that migrations may create. */
const extensions = { pg_trgm };

/** Parameters of PostgreSQL. Its buffers are in this process: the default of 128 MB would delay each start by 0.1 s. */
const startParams = [
  ...PGlite.defaultStartParams,
  '-c',
  'shared_buffers=16MB',
  ...singleProcessParams,
];

export const embeddedFolder = (dataDir: string): string => join(dataDir, 'database');

/** Whether an embedded database exists, damaged or not. Opening a missing one would create it. */
export const hasEmbedded = (dataDir: string): boolean => isOccupied(embeddedFolder(dataDir));

/**
 * Opens the embedded database in `<dataDir>/database`: PostgreSQL in this process, with one connection.
 *
 * A query outside an interactive transaction waits for the end of the transaction; in the work of one, `driver` throws.
 * Single statements have no timeout: `statementTimeoutMs` applies only to transactions.
 *
 * @throws {DataDirectoryInUseError | DataDirectoryUnusableError} as `lockDirectory` does.
 * @throws {EmbeddedFolderError} when the files cannot be used, or other users can read them.
 */
export async function connectEmbedded(
  dataDir: string,
  limits: WorkLimits = {},
): Promise<DatabaseConnection> {
  const lock = await lockDirectory(dataDir);
  try {
    const server = await openFolder(embeddedFolder(dataDir));
    const release = () => lock.release();
    return connectionTo(server, {
      description: `embedded database in ${dataDir}`,
      release,
      limits,
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openFolder(folder: string): Promise<PGlite> {
  if (isOccupied(folder)) requireDatabase(folder);
  else await createFolder(folder);
  makePrivate(folder);
  try {
    return await PGlite.create(folder, { extensions, startParams });
  } catch (cause) {
    throw new EmbeddedFolderError(folder, unusableFiles, { cause });
  }
}

/** Creates the database under another name first, so that a killed start leaves no incomplete one. */
async function createFolder(folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const server = await PGlite.create(draft);
  await server.close();
  await rename(draft, folder);
}

/** Opens an embedded database in memory: empty, or a copy of `snapshot`. */
export async function connectMemory(snapshot?: Blob): Promise<MemoryConnection> {
  const options: PGliteOptions = {
    extensions,
    startParams,
    ...(snapshot === undefined ? {} : { loadDataDir: snapshot }),
  };
  const server = await PGlite.create(options);
  return { ...connectServer(server), snapshot: () => server.dumpDataDir('none') };
}

/** Connects to a started database in memory. `close` ends it. */
export const connectServer = (server: PGlite): DatabaseConnection =>
  connectionTo(server, { description: 'embedded database in memory' });

interface ConnectionFacts {
  readonly description: string;
  readonly limits?: WorkLimits;
  /** Releases the lock of the folder. */
  readonly release?: () => Promise<void>;
}

function connectionTo(
  server: PGlite,
  { description, limits, release = async () => {} }: ConnectionFacts,
): DatabaseConnection {
  const adapter = withPrivateErrors(new PrismaPGlite(withWholeErrors(server)));
  const database = createDatabase(adapter, limits);
  const notifications = createEmbeddedNotifications(server);

  let closing: Promise<void> | undefined;
  return {
    kind: 'embedded',
    driver: { kind: 'embedded', pglite: outsideTransactions(server, waitingMethods) },
    description,
    database,
    adapter,
    // Without a name: on the only connection, Prisma prepares the statements too.
    read: withPrivateReadErrors(
      async <Row extends object>({ text }: PreparedStatement, values: readonly unknown[]) =>
        (await server.query<Row>(text, [...values])).rows,
    ),
    notifications,
    migrations: migrationAccess(server),
    poolLoad: () => undefined,
    ping: async () => {
      await server.query('SELECT 1');
    },
    close: () => {
      closing ??= runInOrder([
        notifications.close,
        () => database.$disconnect(),
        () => server.close(),
        release,
      ]);
      return closing;
    },
  };
}

/** The methods of PGlite that wait for the end of a transaction. */
const waitingMethods = ['query', 'sql', 'exec', 'transaction'];

function migrationAccess(server: PGlite): MigrationAccess {
  return {
    query: async <Row extends object>(sql: string) => (await server.query<Row>(sql)).rows,
    // Needs no lock: the folder's lock already excludes other processes.
    exclusively: async (_lockTimeoutMs, work) => {
      try {
        return await work({
          run: runOn(server),
          transaction: (inside) => server.transaction((transaction) => inside(runOn(transaction))),
        });
      } finally {
        await server.query('RESET ALL'); // what scripts have set
        // Otherwise PGlite cannot write arrays of a new enum until it is restarted.
        await server.refreshArrayTypes();
      }
    },
  };
}

/** Creates the function that runs SQL on the database or in a transaction. */
const runOn =
  (client: Pick<PGlite, 'exec'>): RunSql =>
  async (sql) =>
    (await client.exec(sql)).at(-1)?.rows ?? [];
