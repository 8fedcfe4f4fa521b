import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { createAccessTokens } from './authentication/access-token.ts';
import { type Authenticate, createAuthenticate } from './authentication/authenticate.ts';
import { createPasswordOf } from './authentication/generated-password.ts';
import { createHashQueue, type HashLoad, toHashConcurrency } from './authentication/hash-queue.ts';
import { createPasswords } from './authentication/password.ts';
import type { SigningKeys } from './authentication/signing-keys.ts';
import { loadSigningKeys } from './authentication/signing-keys-file.ts';
import type { Config } from './config/config.ts';
import type { DatabaseConnection, DatabaseOptions } from './database/connect.ts';
import { awayFromDatabase } from './database/database-time.ts';
import type { Logger } from './observability/logger.ts';
import { type Administration, createAdministration } from './schema/administration.ts';
import { createApiClientIssuer } from './schema/api-client/api-client-issuer.ts';
import { createApiClientViewerLoader } from './schema/api-client/api-client-viewer-loader.ts';
import { createEventSource, type EventSource } from './schema/events.ts';
import { createLoaders, createStores, type Loaders, type Stores } from './schema/modules.ts';
import type { Services } from './schema/services.ts';
import { createChangePassword } from './schema/session/change-password.ts';
import { createIssueCredentials } from './schema/session/issue-credentials.ts';
import { createLogin } from './schema/session/login.ts';
import { createLoginAttemptStore } from './schema/session/login-attempts.store.ts';
import { createLoginAttempts } from './schema/session/login-attempts.ts';
import { createPasswordHashStore } from './schema/session/password-hash.store.ts';
import { createRefresh } from './schema/session/refresh.ts';
import { createRenewPasswordHash } from './schema/session/renew-password-hash.ts';
import { createViewerLoader } from './schema/session/viewer-loader.ts';
import { ensureFirstAdmin, type FirstAdmin } from './schema/user/first-admin.ts';

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
  /** The clock of the process. */
  readonly now: () => Date;
  readonly stores: Stores;
  readonly loaders: Loaders;
  /** All but what the guards are to tell: the server adds it. */
  readonly services: Omit<Services, 'accessOf'>;
  /** What happens. It is heard from its start on. */
  readonly events: EventSource;
  readonly authenticate: Authenticate;
  readonly publicJwks: () => SigningKeys['publicJwks'];
  readonly hashLoad: () => HashLoad;
}

/** Builds the parts below the server. @throws {SigningKeysError} */
export async function createParts(options: AppOptions): Promise<Parts> {
  const { config, connection, logger, now = systemClock } = options;
  const keys = await loadSigningKeys({
    ...config.signingKeys,
    lifetimeSeconds: config.accessToken.lifetimeSeconds,
    now,
    onChange: (kids) => logger.info({ kids }, 'the signing keys changed'),
    onProblem: (problem) =>
      logger.error({ err: problem }, 'the new signing keys are invalid; keeping the old ones'),
  });
  const { accessToken, sessionIdleSeconds, minPasswordLength } = config;
  const stores = createStores({ database: connection.database, now, sessionIdleSeconds });
  const accessTokens = createAccessTokens({ ...accessToken, keys, now, randomId: randomUUID });
  const passwordParts = await createPasswordParts(options, stores);
  const { sessions, apiClients, audit } = stores;
  const credentialParts = {
    sessions,
    audit,
    ...passwordParts,
    issueCredentials: createIssueCredentials(accessTokens),
    sessionLifetimeSeconds: config.sessionLifetimeSeconds,
    graceSeconds: config.refreshGraceSeconds,
    minPasswordLength,
    now,
    randomBytes,
  };
  const events = createEventSource({
    listen: connection.notifications.listen,
    stores,
    now,
    onReadError: (error) => logger.warn({ err: error }, 'reading events failed; retrying'),
  });
  return {
    now,
    stores,
    loaders: createLoaders(stores),
    events,
    services: {
      events,
      login: createLogin(credentialParts),
      refresh: createRefresh(credentialParts),
      changePassword: createChangePassword(credentialParts),
      passwords: passwordParts.passwords,
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
        onRecordError: (error) => logger.warn({ err: error }, 'recording a last use failed'),
      }),
    }),
    publicJwks: () => keys.publicJwks,
    hashLoad: passwordParts.hashLoad,
  };
}

/** Makes the first ADMIN of an empty database. @throws {FirstAdminError} */
export const makeFirstAdmin = (
  { firstAdmin }: Config,
  { stores, services }: Parts,
): Promise<FirstAdmin | undefined> =>
  ensureFirstAdmin({
    ...firstAdmin,
    users: stores.users,
    services,
    createPassword: createPasswordOf,
  });

/** Builds what the commands for operators work with: no keys, no server. */
export async function createAdministrationParts({
  config,
  connection,
  now = systemClock,
}: AppOptions): Promise<Administration> {
  const { minPasswordLength, sessionIdleSeconds } = config;
  const stores = createStores({ database: connection.database, now, sessionIdleSeconds });
  const { apiClients } = stores;
  const { passwords } = await createHashing(config);
  return createAdministration({
    stores,
    services: {
      passwords,
      minPasswordLength,
      apiClientIssuer: createApiClientIssuer({ apiClients, now, randomBytes }),
    },
    createPassword: createPasswordOf,
  });
}

/** The hashing of passwords: at most as many at once as the machine's cores bear. */
async function createHashing({ bcryptCost: cost, threadPoolSize }: Config) {
  const cores = availableParallelism();
  const concurrency = toHashConcurrency({ cores, threadPoolSize });
  const queue = createHashQueue({ concurrency, away: awayFromDatabase });
  const passwords = await createPasswords({ cost, queue, away: awayFromDatabase });
  return { passwords, hashLoad: queue.load };
}

/** What makes and checks passwords. */
async function createPasswordParts(options: AppOptions, { audit }: Pick<Stores, 'audit'>) {
  const { config, connection, logger } = options;
  const { database } = connection;
  const { loginLimits: limits } = config;
  const { passwords, hashLoad } = await createHashing(config);
  return {
    passwords,
    hashLoad,
    attempts: createLoginAttempts({
      counters: createLoginAttemptStore({ database, limits, now: systemClock }),
      passwords,
      audit,
      onForgiveError: (error) =>
        logger.warn({ err: error }, 'a correct password is still counted as a failed login'),
      delay: (delayMs) => setTimeout(delayMs, undefined, { ref: false }),
    }),
    renewPasswordHash: createRenewPasswordHash({
      passwords,
      passwordHashes: createPasswordHashStore({ database }),
      onRenewError: (error) =>
        logger.warn({ err: error }, 'renewing an outdated password hash failed'),
    }),
  };
}

/** Where the database is, by the settings. */
export const databaseOptions = (
  { databaseUrl, dataDir, mayCreateDatabase, databaseLimits, operationLimits }: Config,
  logger: Logger,
): DatabaseOptions => ({
  url: databaseUrl,
  dataDir,
  mayCreate: mayCreateDatabase,
  limits: {
    ...databaseLimits,
    // No statement outlives the operation that it was for.
    statementTimeoutMs: Math.min(databaseLimits.statementTimeoutMs, operationLimits.timeoutMs),
  },
  onPoolError: (error) => logger.warn({ err: error }, 'a database connection failed'),
  onFolderLost: (error) => {
    logger.fatal({ err: error }, 'the data folder was lost: abandoning work in progress');
    process.exit(1);
  },
});

const systemClock = () => new Date();

/** The name and version of this program. */
export function readServerInfo(): Services['serverInfo'] {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  return { name: 'Gatehouse', version };
}
