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
  printVisibleSchema,
} from './authorization/index.ts';
import type { Config } from './config/config.ts';
import type { DatabaseConnection, DatabaseOptions } from './database/connect.ts';
import { toClientError } from './database/errors.ts';
import {
  createMigration,
  type MigrationStatus,
  migrate,
  migrationStatus,
} from './database/migrate.ts';
import { openDatabase as openMigratedDatabase, withDatabase } from './database/open-database.ts';
import { createDenialReport } from './observability/denial-report.ts';
import type { Logger } from './observability/logger.ts';
import { createApiClientIssuer } from './schema/api-client/api-client-issuer.ts';
import { createApiClientViewerLoader } from './schema/api-client/api-client-viewer-loader.ts';
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
  /** The SDL in place of the schema's own, such as one in which a guard is missing. */
  readonly typeDefs?: readonly string[];
}

/** The parts below the server, on an open and migrated database. */
export interface Parts {
  readonly stores: Stores;
  /** All but what the guards are to tell: the server adds it. */
  readonly services: Omit<Services, 'accessOf'>;
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
export const openDatabase = (config: Config, logger: Logger): Promise<DatabaseConnection> =>
  openMigratedDatabase({
    ...databaseOptions(config, logger),
    migrationsDirectory,
    migrates: config.migratesAtStart,
  });

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
    introspection: options.config.introspection,
    ...(options.typeDefs === undefined ? {} : { typeDefs: options.typeDefs }),
    onPolicyError: (error, policy, { requestId }) =>
      logger.error({ err: error, policy, requestId }, 'a policy threw'),
    ...(options.config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
  const parts = await createParts(options);
  const server = await createServer({
    ...parts,
    services: { ...parts.services, accessOf: authorization.accessOf },
    authorization,
    toClientError,
    logger,
    ping: connection.ping,
  });
  return { server, firstAdmin: await makeFirstAdmin(options.config, parts) };
}

/** Adds users and rooms to try the API with, and the first ADMIN to an empty database. */
export async function seed(
  options: AppOptions,
  onFirstAdmin: (firstAdmin: FirstAdmin | undefined) => void,
): Promise<readonly DemoUser[]> {
  const parts = await createParts(options);
  onFirstAdmin(await makeFirstAdmin(options.config, parts));
  return addDemoData({ ...parts, createPassword });
}

/** Applies what is pending, and tells the names. */
export const applyMigrations = (config: Config, logger: Logger): Promise<readonly string[]> =>
  withDatabase(databaseOptions(config, logger), (connection) =>
    migrate({ connection, migrationsDirectory }),
  );

/** Tells what is applied and what is pending. */
export const readMigrationStatus = (config: Config, logger: Logger): Promise<MigrationStatus> =>
  withDatabase(databaseOptions(config, logger), (connection) =>
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
  /** What a viewer of these groups sees of it; null: an anonymous one. @throws {ExplainError} */
  printVisibleTo(groups: readonly string[] | null): string;
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
    printVisibleTo: (groups) => printVisibleSchema(guarded, groups),
    printForFederation: () => printFederationSchema(schema, requirements),
  };
}

const databaseOptions = ({ databaseUrl, dataDir }: Config, logger: Logger): DatabaseOptions => ({
  url: databaseUrl,
  dataDir,
  onPoolError: (error) => logger.warn({ err: error }, 'a connection to the database broke'),
});

async function createParts(options: AppOptions): Promise<Parts> {
  const { config, connection, logger, now = systemClock } = options;
  const keys = await loadSigningKeys(config.signingKeys);
  const stores = createStores({ database: connection.database, now });
  const { accessToken, sessionLifetimeSeconds, minPasswordLength } = config;
  const accessTokens = createAccessTokens({ ...accessToken, keys, now, randomId: randomUUID });
  const passwords = await createPasswords({ cost: config.bcryptCost });
  const { sessions, apiClients, audit } = stores;
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
    services: {
      login,
      passwords,
      apiClientIssuer: createApiClientIssuer({ apiClients, now, randomBytes }),
      minPasswordLength,
      serverInfo: readServerInfo(),
    },
    authenticate: createAuthenticate({
      accessTokens,
      loadViewer: createViewerLoader(sessions),
      loadApiClient: createApiClientViewerLoader({
        apiClients,
        now,
        onRecordError: (error) => logger.warn({ err: error }, 'a last use was not written down'),
      }),
    }),
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
