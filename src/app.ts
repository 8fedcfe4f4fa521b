import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createAccessTokens } from './authentication/access-token.ts';
import { type Authenticate, createAuthenticate } from './authentication/authenticate.ts';
import { createPasswords } from './authentication/password.ts';
import { loadSigningKeys, type SigningKeys } from './authentication/signing-keys.ts';
import {
  type AccessMatrix,
  createAccessMatrix,
  type ExplainRequest,
  type Explanation,
  explain,
  parseOperation,
  printFederationSchema,
  printGuardedSchema,
} from './authorization/index.ts';
import type { Config } from './config/config.ts';
import { connectDatabase, type DatabaseConnection } from './database/connect.ts';
import { toClientError } from './database/errors.ts';
import {
  createMigration,
  type MigrationStatus,
  migrate,
  migrationStatus,
} from './database/migrate.ts';
import { createDenialReport } from './observability/denial-report.ts';
import type { Logger } from './observability/logger.ts';
import { addDemoData, type DemoUser } from './schema/demo-data.ts';
import { createExecutableSchema } from './schema/executable-schema.ts';
import { createStores, type Stores } from './schema/modules.ts';
import type { Services } from './schema/services.ts';
import { createLogin } from './schema/session/login.ts';
import { createViewerLoader } from './schema/session/viewer-loader.ts';
import { ensureFirstAdmin, type FirstAdmin } from './schema/user/first-admin.ts';
import { createServer, type Server } from './server/server.ts';

const migrationsDirectory = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const schemaPath = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));

export {
  describeMatrixDifference,
  printExplanation,
  toJson,
  toMarkdown,
} from './authorization/index.ts';

/** Where the reviewed access matrix is kept. */
export const accessMatrixPath = fileURLToPath(new URL('../access-matrix.md', import.meta.url));

/** What every part is made from. `now` is the clock of the process. */
export interface AppOptions {
  readonly config: Config;
  readonly connection: DatabaseConnection;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/** The parts below the server, on an open and migrated database. */
export interface Parts {
  readonly stores: Stores;
  readonly services: Services;
  readonly authenticate: Authenticate;
  readonly publicJwks: SigningKeys['publicJwks'];
}

/** A server with all its parts. */
export interface App {
  readonly server: Server;
  /** The ADMIN that this start has made, if the database was empty. */
  readonly firstAdmin: FirstAdmin | undefined;
}

/** Opens the database that the settings name. Migrates it, unless they say not to. */
export async function openDatabase(config: Config, logger: Logger): Promise<DatabaseConnection> {
  const connection = await connect(config, logger);
  try {
    if (config.migratesAtStart) await migrate({ connection, migrationsDirectory });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * Builds the parts and joins them to a server, which does not listen yet.
 *
 * @throws {SchemaAuthorizationError | SigningKeysError | FirstAdminError} what keeps it from starting.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { connection, logger } = options;
  const reportDenial = createDenialReport(logger);
  const authorization = createExecutableSchema({
    toClientError,
    onPolicyError: (error, policy) => logger.error({ err: error, policy }, 'a policy threw'),
    ...(options.config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
  const parts = await createParts(options);
  const server = await createServer({
    ...parts,
    authorization,
    toClientError,
    logger,
    ping: connection.ping,
  });
  return { server, firstAdmin: await makeFirstAdmin(options.config, parts) };
}

/** Adds users and rooms to try the API with, and the first ADMIN to an empty database. */
export async function seed(options: AppOptions): Promise<{
  readonly firstAdmin: FirstAdmin | undefined;
  readonly users: readonly DemoUser[];
}> {
  const parts = await createParts(options);
  const firstAdmin = await makeFirstAdmin(options.config, parts);
  return { firstAdmin, users: await addDemoData({ ...parts, createPassword }) };
}

/** Applies what is pending, and tells the names. */
export const applyMigrations = (config: Config, logger: Logger): Promise<readonly string[]> =>
  withDatabase(config, logger, (connection) => migrate({ connection, migrationsDirectory }));

/** Tells what is applied and what is pending. */
export const readMigrationStatus = (config: Config, logger: Logger): Promise<MigrationStatus> =>
  withDatabase(config, logger, (connection) =>
    migrationStatus({ connection, migrationsDirectory }),
  );

/** Writes the migration to a changed `prisma/schema.prisma`; undefined when nothing has changed. */
export const writeMigration = (name: string): Promise<string | undefined> =>
  createMigration({ name, schemaPath, migrationsDirectory, now: () => new Date() });

/** What a schema's owner asks of it. Needs no settings and no database. */
export interface SchemaReport {
  accessMatrix(): AccessMatrix;
  /** @throws {ExplainError} for an operation that is not valid, and for an unknown group. */
  explain(
    operation: string,
    request: Pick<ExplainRequest, 'groups' | 'operationName' | 'variableValues'>,
  ): Explanation;
  print(): string;
  /** For a router of Apollo Federation in front. */
  printForFederation(): string;
}

/** @throws {SchemaAuthorizationError} when the SDL's guards cannot be enforced. */
export function createSchemaReport(): SchemaReport {
  const guarded = createExecutableSchema({ toClientError, onPolicyError: () => undefined });
  const { source: schema, requirements } = guarded;
  return {
    accessMatrix: () => createAccessMatrix(schema, requirements),
    explain: (operation, request) =>
      explain({ schema, requirements, document: parseOperation(operation), ...request }),
    print: () => printGuardedSchema(schema),
    printForFederation: () => printFederationSchema(schema, requirements),
  };
}

function connect(config: Config, logger: Logger): Promise<DatabaseConnection> {
  return connectDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    onPoolError: (error) => logger.warn({ err: error }, 'a connection to the database broke'),
  });
}

async function withDatabase<Result>(
  config: Config,
  logger: Logger,
  work: (connection: DatabaseConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(config, logger);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function createParts({ config, connection, now = systemClock }: AppOptions): Promise<Parts> {
  const keys = await loadSigningKeys(config.signingKeys);
  const stores = createStores({ database: connection.database, now });
  const { accessToken, sessionLifetimeSeconds, minPasswordLength } = config;
  const accessTokens = createAccessTokens({ ...accessToken, keys, now, randomId: randomUUID });
  const passwords = await createPasswords({ cost: config.bcryptCost });
  const { sessions, audit } = stores;
  const login = createLogin({
    sessions,
    audit,
    passwords,
    accessTokens,
    sessionLifetimeSeconds,
    now,
    randomBytes,
  });
  return {
    stores,
    services: { login, passwords, minPasswordLength, serverInfo: readServerInfo() },
    authenticate: createAuthenticate({ accessTokens, loadViewer: createViewerLoader(sessions) }),
    publicJwks: keys.publicJwks,
  };
}

const makeFirstAdmin = (
  { firstAdmin }: Config,
  { stores, services }: Parts,
): Promise<FirstAdmin | undefined> =>
  ensureFirstAdmin({ ...firstAdmin, users: stores.users, services, createPassword });

const systemClock = () => new Date();

/** 24 characters, 144 random bits. */
const createPassword = (): string => randomBytes(18).toString('base64url');

function readServerInfo(): Services['serverInfo'] {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  return { name: 'Gatehouse', version };
}
