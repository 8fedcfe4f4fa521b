import { fileURLToPath } from 'node:url';
import {
  type KeyDescription,
  listSigningKeys,
  type RotationOptions,
  rotateSigningKeys,
} from './authentication/signing-keys-rotation.ts';
import { tokenEndsAt } from './authentication/token-expiry.ts';
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
import { ClientError } from './errors.ts';
import { createDenialReport } from './observability/denial-report.ts';
import type { Logger } from './observability/logger.ts';
import {
  type AppOptions,
  createAdministrationParts,
  createParts,
  createPassword,
  type Parts,
} from './parts.ts';
import type { Administration } from './schema/administration.ts';
import { addDemoData, type DemoUser } from './schema/demo-data.ts';
import type { Events } from './schema/events.ts';
import { createExecutableSchema } from './schema/executable-schema.ts';
import { createSessionCleaner, type SessionCleaner } from './schema/session/session-cleaner.ts';
import { ensureFirstAdmin, type FirstAdmin } from './schema/user/first-admin.ts';
import { createServer, type Server } from './server/server.ts';

const migrationsDirectory = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const schemaPath = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));

export type { KeyDescription } from './authentication/signing-keys-rotation.ts';
export {
  describeMatrixDifference,
  printExplanation,
  toJson,
  toMarkdown,
} from './authorization/index.ts';
export type { AppOptions } from './parts.ts';
export type { Administration } from './schema/administration.ts';
export { groupNames, isGroup } from './schema/user/groups.ts';

/** Where the reviewed access matrix is kept. */
export const accessMatrixPath = fileURLToPath(new URL('../access-matrix.md', import.meta.url));

/** A server with all its parts. */
export interface App {
  readonly server: Server;
  /** What happens, and who is told of it. */
  readonly events: Events;
  /** The ADMIN that this start has made, if the database was empty. */
  readonly firstAdmin: FirstAdmin | undefined;
}

/** Opens the database that the settings name. Migrates it, unless they say not to. */
export const openDatabase = (
  config: Config,
  logger: Logger,
  choice: { readonly mustExist?: boolean } = {},
): Promise<DatabaseConnection> =>
  openMigratedDatabase({
    ...databaseOptions(config, logger),
    migrationsDirectory,
    migrates: config.migratesAtStart,
    ...choice,
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
    tokenEndsAt,
    allowedOrigins: options.config.allowedOrigins,
    socketLimits: options.config.socketLimits,
    elapsedMs: () => performance.now(),
    authorization,
    toClientError,
    logger,
    ping: connection.ping,
    trustProxy: options.config.trustProxy,
    jwksMaxAgeSeconds: options.config.signingKeys.jwksMaxAgeSeconds,
  });
  const cleaner = createSessionCleaner({
    sessions: parts.stores.sessions,
    onError: (error) => logger.warn({ err: error }, 'dead sessions were not removed'),
  });
  return {
    server: withCleaner(server, cleaner),
    events: parts.events,
    firstAdmin: await makeFirstAdmin(options.config, parts),
  };
}

/** A server that has dead sessions removed for as long as it runs. */
const withCleaner = (server: Server, cleaner: SessionCleaner): Server => ({
  ...server,
  async start(address) {
    const url = await server.start(address);
    cleaner.start();
    return url;
  },
  async stop() {
    await Promise.all([cleaner.stop(), server.stop()]);
  },
});

/** Adds users and rooms to try the API with, and the first ADMIN to an empty database. */
export async function seed(
  options: AppOptions,
  onFirstAdmin: (firstAdmin: FirstAdmin | undefined) => void,
): Promise<readonly DemoUser[]> {
  const parts = await createParts(options);
  onFirstAdmin(await makeFirstAdmin(options.config, parts));
  return addDemoData({ ...parts, createPassword });
}

/**
 * Opens the database for one piece of an operator's work, by the rules of the API.
 *
 * @throws {ClientError} a refusal, as the API would give it; and what `openDatabase` throws.
 */
export async function administrate<Result>(
  { config, logger }: Pick<AppOptions, 'config' | 'logger'>,
  work: (administration: Administration) => Promise<Result>,
): Promise<Result> {
  const connection = await openDatabase(config, logger, { mustExist: true });
  try {
    return await work(await createAdministrationParts({ config, connection, logger }));
  } catch (error) {
    throw toClientError(error) ?? error;
  } finally {
    await connection.close();
  }
}

/** What a program may be told of an error: that of the API, or `FAILED` and the message. */
export const describeError = (error: unknown): Readonly<Record<string, string | number>> =>
  error instanceof ClientError
    ? { code: error.code, message: error.message, ...error.facts }
    : { code: 'FAILED', message: error instanceof Error ? error.message : String(error) };

/** The keys that sign access tokens, without their private parts. @throws {SigningKeysError} */
export const listKeys = (config: Config): readonly KeyDescription[] =>
  listSigningKeys(keyOptions(config));

/** @throws {SigningKeysError} as `rotateSigningKeys` does. */
export const rotateKeys = (
  config: Config,
  choice: Pick<RotationOptions, 'leadSeconds' | 'hasLeaked'>,
): Promise<readonly KeyDescription[]> => rotateSigningKeys({ ...keyOptions(config), ...choice });

const keyOptions = ({ signingKeys, accessToken }: Config): RotationOptions => ({
  ...signingKeys,
  lifetimeSeconds: accessToken.lifetimeSeconds,
  now: () => new Date(),
});

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

const makeFirstAdmin = (
  { firstAdmin }: Config,
  { stores, services }: Parts,
): Promise<FirstAdmin | undefined> =>
  ensureFirstAdmin({ ...firstAdmin, users: stores.users, services, createPassword });
