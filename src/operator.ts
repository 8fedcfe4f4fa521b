import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { migrationsDirectory, openDatabase } from './app.ts';
import { createPasswordOf } from './authentication/generated-password.ts';
import {
  type KeyDescription,
  listSigningKeys,
  type RotationOptions,
  rotateSigningKeys,
} from './authentication/signing-keys-rotation.ts';
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
import type { Config, Environment } from './config/config.ts';
import { toClientError } from './database/errors.ts';
import { createMigration, type MigrationStatus, migrate } from './database/migrate.ts';
import { readMigrationStatus, withDatabase } from './database/open-database.ts';
import { type Check, examine } from './doctor/examine.ts';
import { ClientError } from './errors.ts';
import type { Logger } from './observability/logger.ts';
import {
  type AppOptions,
  createAdministrationParts,
  createParts,
  databaseOptions,
  makeFirstAdmin,
  readServerInfo,
} from './parts.ts';
import type { Administration } from './schema/administration.ts';
import { addDemoData, type DemoUser } from './schema/demo-data.ts';
import { createExecutableSchema } from './schema/executable-schema.ts';
import type { FirstAdmin } from './schema/user/first-admin.ts';

const schemaPath = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));

export type { KeyDescription } from './authentication/signing-keys-rotation.ts';
export {
  describeMatrixDifference,
  printExplanation,
  toJson,
  toMarkdown,
} from './authorization/index.ts';
export type { Check } from './doctor/examine.ts';
export type { Administration } from './schema/administration.ts';
export { groupNames, isGroup } from './schema/user/groups.ts';

/** The version of this program, such as 0.1.0. */
export const programVersion = (): string => readServerInfo().version;

/** Where the reviewed access matrix is kept. */
export const accessMatrixPath = fileURLToPath(new URL('../access-matrix.md', import.meta.url));

/** Adds users and rooms to try the API with, and the first ADMIN to an empty database. */
export async function seed(
  options: AppOptions,
  onFirstAdmin: (firstAdmin: FirstAdmin | undefined) => void,
): Promise<readonly DemoUser[]> {
  const parts = await createParts(options);
  onFirstAdmin(await makeFirstAdmin(options.config, parts));
  return addDemoData({ ...parts, createPassword: createPasswordOf });
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
  // An operator waits for a large piece of work, where a request does not.
  const limits = { ...config.databaseLimits, statementTimeoutMs: operatorStatementTimeoutMs };
  const connection = await openDatabase(config, logger, { mustExist: true, limits });
  try {
    return await work(await createAdministrationParts({ config, connection, logger }));
  } catch (error) {
    throw toClientError(error) ?? error;
  } finally {
    await connection.close();
  }
}

/** A transaction of a command may last as long: it may have to wait for a lock. */
const operatorStatementTimeoutMs = 60_000;

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

const keyOptions = ({ signingKeys, accessToken }: Config) => ({
  ...signingKeys,
  lifetimeSeconds: accessToken.lifetimeSeconds,
  now: () => new Date(),
});

/** Looks at what the server needs, and changes nothing; what is wrong is a check that fails. Takes a few seconds. */
export const examineServer = (
  config: Config,
  logger: Logger,
  environment: Environment,
): Promise<readonly Check[]> =>
  examine({
    config,
    environment,
    keys: keyOptions(config),
    database: databaseOptions(config, logger),
    migrationsDirectory,
    cores: availableParallelism(),
    now: () => new Date(),
  });

/** Applies what is pending, and tells the names. */
export const applyMigrations = (config: Config, logger: Logger): Promise<readonly string[]> =>
  withDatabase(databaseOptions(config, logger), (connection) =>
    migrate({ connection, migrationsDirectory }),
  );

/** Tells what is applied and what is pending. Changes nothing. */
export const tellMigrationStatus = (config: Config, logger: Logger): Promise<MigrationStatus> =>
  readMigrationStatus({ ...databaseOptions(config, logger), migrationsDirectory });

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
