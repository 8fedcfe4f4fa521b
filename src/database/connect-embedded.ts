import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messages, PGlite, type PGliteOptions } from '@electric-sql/pglite';
import {
  DriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import {
  createDatabase,
  type DatabaseConnection,
  type PreparedStatement,
  useSchema,
  type WorkLimits,
} from './connection.ts';
import { lockDirectory } from './directory-lock.ts';
import {
  EmbeddedFolderError,
  isOccupied,
  makePrivate,
  requireSoundFolder,
  unreadableFiles,
} from './embedded-folder.ts';
import { inSequence } from './in-sequence.ts';
import { createEmbeddedNotifications } from './notifications-embedded.ts';
import { withPrivateErrors } from './private-errors.ts';
import { createReadIds } from './read-ids.ts';
import { withWholeScripts } from './script-adapter.ts';

/** An embedded database in memory: it can be copied, and is gone when closed. */
export interface MemoryConnection extends DatabaseConnection {
  /** The whole database as an archive, for `connectMemory`. */
  snapshot(): Promise<Blob>;
}

/**
 * How PostgreSQL starts. Its buffers are in this process's memory: the 128 MB by default would take 0.1 s of
 * each start.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

/** Where the files of the embedded database are. */
export const embeddedFolder = (dataDir: string): string => join(dataDir, 'database');

/** Whether there is an embedded database, damaged or not. To open it where there is none would make one. */
export const hasEmbedded = (dataDir: string): boolean => isOccupied(embeddedFolder(dataDir));

/**
 * The embedded database in `<dataDir>/database`: PostgreSQL in this process, with one connection.
 *
 * A query outside an interactive transaction waits for the transaction's end: a transaction that
 * waits for such a query waits for itself. A statement has no limit of its own: `statementTimeoutMs` is for
 * transactions alone.
 *
 * @throws {DataDirectoryInUseError | DataDirectoryUnusableError} as `lockDirectory` does.
 * @throws {EmbeddedFolderError} when its files cannot be used, or other users could read them.
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
  if (isOccupied(folder)) requireSoundFolder(folder);
  else await createFolder(folder);
  makePrivate(folder);
  try {
    return await PGlite.create(folder, { startParams });
  } catch (cause) {
    throw new EmbeddedFolderError(folder, unreadableFiles, { cause });
  }
}

/** Makes the database under another name first, so that a start that is killed leaves no half of one. */
async function createFolder(folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const server = await PGlite.create(draft);
  await server.close();
  await rename(draft, folder);
}

/** An embedded database in memory: empty, or as it was when `snapshot` was taken. */
export async function connectMemory(snapshot?: Blob): Promise<MemoryConnection> {
  const options: PGliteOptions = {
    startParams,
    ...(snapshot === undefined ? {} : { loadDataDir: snapshot }),
  };
  const server = await PGlite.create(options);
  return { ...connectServer(server), snapshot: () => server.dumpDataDir('none') };
}

/** Connects to a database in memory that has started. `close` ends it. */
export const connectServer = (server: PGlite): DatabaseConnection =>
  connectionTo(server, { description: 'embedded database in memory' });

interface ConnectionFacts {
  readonly description: string;
  readonly limits?: WorkLimits;
  /** Gives up what was held for the connection. */
  readonly release?: () => Promise<void>;
}

function connectionTo(
  server: PGlite,
  { description, limits, release = async () => {} }: ConnectionFacts,
): DatabaseConnection {
  const adapters = new PrismaPGlite(server);
  const adapter = withPrivateErrors(adapters);
  const database = createDatabase(adapter, limits);
  const notifications = createEmbeddedNotifications(server);

  let closing: Promise<void> | undefined;
  return {
    kind: 'embedded',
    driver: { kind: 'embedded', pglite: server },
    description,
    database,
    adapter,
    // It has one connection, whose statements Prisma prepares as well: nothing would be gained by a name.
    read: async <Row extends object>({ text }: PreparedStatement, values: readonly unknown[]) =>
      (await server.query<Row>(text, [...values])).rows,
    readIds: createReadIds(database),
    notifications,
    migrations: {
      query: async <Row extends object>(sql: string) => (await server.query<Row>(sql)).rows,
      // No lock: the folder's lock keeps other processes out already.
      exclusively: async ({ schema }, work) => {
        for (const statement of useSchema(schema)) await server.query(statement);
        try {
          return await work(scriptAdapters(server, adapters, schema));
        } finally {
          await server.query('RESET search_path');
        }
      },
    },
    poolLoad: () => undefined,
    ping: async () => {
      await server.query('SELECT 1');
    },
    close: () => {
      closing ??= inSequence([
        notifications.close,
        () => database.$disconnect(),
        () => server.close(),
        release,
      ]);
      return closing;
    },
  };
}

/** The schema engine's adapters. They have one database: it is the shadow database as well. */
function scriptAdapters(server: PGlite, adapters: PrismaPGlite, schema: string) {
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: adapters.provider,
    adapterName: adapters.adapterName,
    connect: () => adapters.connect(),
    connectToShadowDb: () => adapters.connect(),
  };
  return withWholeScripts(factory, schema, (_adapter, script) => runScript(server, script));
}

async function runScript(server: PGlite, script: string): Promise<void> {
  try {
    await server.exec(script);
    // Arrays of a new enum: PGlite otherwise learns how to write them at its next start.
    await server.refreshArrayTypes();
  } catch (error) {
    throw error instanceof messages.DatabaseError ? toDriverAdapterError(error) : error;
  }
}

/** The schema engine takes a message and a code from errors of this class alone. */
function toDriverAdapterError(error: messages.DatabaseError): DriverAdapterError {
  const { message, detail, column, hint } = error;
  const code = error.code ?? 'N/A';
  const severity = error.severity ?? 'N/A';
  return new DriverAdapterError({
    ...{ kind: 'postgres', code, severity, message, detail, column, hint },
    ...{ originalCode: code, originalMessage: message },
  });
}
