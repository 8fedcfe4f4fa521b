import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { createAccessTokens } from '../authentication/access-token.ts';
import { createAuthenticate } from '../authentication/authenticate.ts';
import { createCheckCost } from '../authentication/check-cost.ts';
import { createPasswordOf } from '../authentication/generated-password.ts';
import { createHashQueue, toHashConcurrency } from '../authentication/hash-queue.ts';
import { loadSigningKeys } from '../authentication/keys/signing-keys-file.ts';
import { createPasswords } from '../authentication/password.ts';
import { tokenEndsAt } from '../authentication/token-expiry.ts';
import {
  closeClient,
  type ProjectClient,
  readClientOf,
  toDataClient,
} from '../changes/data-client.ts';
import { createContexts } from '../context/create-context.ts';
import { type DatabaseConnection, longestWriteMs } from '../database/connect.ts';
import { isMalformed, toClientError } from '../database/errors.ts';
import { createRequestBudget, pauseBudget } from '../database/time/request-budget.ts';
import { requireOutsideTransaction } from '../database/time/transaction-scope.ts';
import { createRequestCookies } from '../doors/request/request-cookies.ts';
import { createEventSource } from '../events/event-source.ts';
import { createAdministration } from '../identity/administration.ts';
import { createApiClientIssuer } from '../identity/api-clients/api-client-issuer.ts';
import { createBackgroundWork } from '../identity/background-work.ts';
import { createIdentityDomains } from '../identity/identity.ts';
import type { IdentityParts } from '../identity/identity-parts.ts';
import { createLoginAttemptStore } from '../identity/sessions/login/login-attempts.store.ts';
import { createPasswordHashStore } from '../identity/sessions/password-hash.store.ts';
import { createSessionServices } from '../identity/sessions/session-services.ts';
import { settleMsOf } from '../identity/settled.ts';
import { createStores } from '../identity/stores.ts';
import { batchMemberships } from '../identity/users/batch-memberships.ts';
import { ensureFirstAdmin } from '../identity/users/first-admin.ts';
import { createViewerLoaders } from '../identity/viewer-loaders.ts';
import { createDenialReport } from '../observability/denial-report.ts';
import { withoutRedaction } from '../observability/logger.ts';
import { createOperationLog } from '../operation/answer/log-operation.ts';
import { createOperations } from '../operation/run.ts';
import { composeSchema } from '../schema/compose-schema.ts';
import type { Domain } from '../schema/domain.ts';
import { createDomainErrors } from '../schema/domain-errors.ts';
import { createLoad } from '../schema/loaders.ts';
import { createPricing } from '../schema/pricing.ts';
import type { Project } from '../schema/project.ts';
import { composeTypeDefs } from '../schema/sdl/compose-type-defs.ts';
import { createTopics, eventResolvers } from '../schema/topics.ts';
import { programVersion } from '../values/version.ts';
import { clock, options, project } from './given.ts';
import { createPackageTasks, openLoginAttempts } from './package-parts.ts';
import { type Get, part } from './part.ts';

// The schema.

const ownDomains = part('own domains', (_get, made) => createIdentityDomains(() => made(identity)));

const domains = part('domains', (get): readonly Domain[] => [
  ...get(ownDomains),
  ...(get(project).config.domains ?? []),
]);

const typeDefs = part('type definitions', (get) => composeTypeDefs(get(ownDomains), get(project)));

/** The groups of the composed schema. */
export const groups = part('groups', (get) => get(typeDefs).groups);

export const domainErrors = part('errors', (get) =>
  createDomainErrors(get(domains), toClientError),
);

const compositionOf = (get: Get) => {
  const { schema: external, combineFilters } = get(project).config;
  const { documents, problems } = get(typeDefs);
  const filters = combineFilters === undefined ? {} : { combineFilters };
  return { domains: get(domains), documents, problems, external, ...filters };
};

/** The guarded schema, for running operations. */
export const authorization = part('schema', (get) => {
  const { config, logger, documents } = get(options);
  const reportDenial = createDenialReport(logger);
  return composeSchema({
    ...compositionOf(get),
    ...(documents === undefined ? {} : { documents }),
    subscriptions: { Subscription: eventResolvers(get(domains), get(topics)) },
    maxSubscriptionsPerViewer: config.maxSubscriptionsPerViewer,
    introspection: config.introspection,
    toClientError: get(domainErrors).toClientError,
    onPolicyError: (error, policy, { requestId }) =>
      logger.error({ err: error, policy, requestId }, 'a policy threw an error'),
    ...(config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
});

/** The guarded schema, to print and to explain. Needs the project alone. */
export const reportedAuthorization = part('schema for reports', (get) =>
  composeSchema({
    ...compositionOf(get),
    subscriptions: { Subscription: eventResolvers(get(domains), new Map()) },
    toClientError,
    onPolicyError: () => undefined,
  }),
);

// Data.

/** Identity's stores. */
export const stores = part('stores', (get) => {
  const { config, connection } = get(options);
  const { database, read, replica } = connection;
  return createStores({
    database,
    read,
    replica: replica?.connection,
    settleMs: replica && settleMsOf(replica.maxLagMs, longestWriteMs(config.databaseLimits)),
    groups: get(groups),
    now: get(clock),
    sessionIdleSeconds: config.sessionIdleSeconds,
    maxSessionsPerUser: config.maxSessionsPerUser,
  });
});

const openClient = ({ database }: Project['config'], { adapter, driver }: DatabaseConnection) =>
  database?.({ adapter, ...driver });

const close = async (client: ProjectClient | undefined) => client && closeClient(client);

const readingOf = (client: ProjectClient | undefined) => ({
  db: client === undefined ? {} : readClientOf(client),
});

const dataClient = part(
  'data client',
  (get) => openClient(get(project).config, get(options).connection),
  close,
);

const replicaClient = part(
  'data client of the replica',
  (get) => {
    const { replica } = get(options).connection;
    return replica && openClient(get(project).config, replica.connection);
  },
  close,
);

const reading = part('context of reads', (get) => readingOf(get(dataClient)));

export const contexts = part('contexts', (get) => {
  const { database, replica } = get(options).connection;
  const loading = { isMalformed, beforeLoad: requireOutsideTransaction };
  return createContexts({
    ...get(reading),
    groups: get(groups),
    now: get(clock),
    rows: (info) => get(authorization).rowsOf(info),
    // Without a client of its own, a project's changes are events alone.
    data: toDataClient(get(dataClient) ?? database),
    replica: replica && {
      ...readingOf(get(replicaClient)),
      read: replica.read,
      dependsOnData: (info, context) => get(authorization).dependsOnData(info, context),
    },
    load: createLoad(get(domains), { context: get(reading), ...loading }),
  });
});

const topics = part('topics', (get) => {
  const { connection, logger } = get(options);
  return createTopics(get(domains), {
    listen: connection.notifications.listen,
    context: get(reading),
    onReadError: (error) => logger.warn({ err: error }, 'reading events failed; retrying'),
  });
});

export const events = part(
  'events',
  (get) => {
    const { listen } = get(options).connection.notifications;
    return createEventSource({ listen, topics: [...get(topics).values()] });
  },
  ({ stop }) => stop(),
);

// Credentials.

const signingKeys = part('signing keys', (get) => {
  const { config, logger } = get(options);
  return loadSigningKeys({
    ...config.signingKeys,
    lifetimeSeconds: config.accessToken.lifetimeSeconds,
    now: get(clock),
    onChange: (kids) => logger.info({ kids }, 'the signing keys changed'),
    onProblem: (problem) =>
      logger.error({ err: problem }, 'the new signing keys are invalid; keeping the old ones'),
  });
});

const accessTokens = part('access tokens', async (get) =>
  createAccessTokens({
    ...get(options).config.accessToken,
    keys: await get(signingKeys),
    now: get(clock),
    randomId: randomUUID,
  }),
);

/** The hashing of passwords: at most as many at once as the machine's cores bear. */
export const hashing = part('password hashing', async (get) => {
  const { config, connection } = get(options);
  const { bcryptCost: cost, threadPoolSize } = config;
  const passwordHashes = createPasswordHashStore(connection);
  const { readCosts } = passwordHashes;
  const checkCost = createCheckCost({ cost, readCosts, now: get(clock) });
  const cores = availableParallelism();
  const concurrency = toHashConcurrency({ cores, threadPoolSize });
  const queue = createHashQueue({ concurrency, pauseBudget });
  const passwords = await createPasswords({ cost, checkCost, queue, pauseBudget });
  return { passwords, passwordHashes, load: queue.load };
});

/** The counters of failed logins: those of a package if it brings some, or the table. */
export const loginCounters = part(
  'login counters',
  async (get) => {
    const { config, connection } = get(options);
    const { loginLimits: limits } = config;
    // The system's clock: the library that counts in the table reads it too.
    const now = () => new Date();
    const store = createLoginAttemptStore({ database: connection.database, limits, now });
    const table = { store, windowSeconds: limits.windowSeconds };
    const opened = await openLoginAttempts(get(options), table);
    return opened ?? { store, load: () => ({}), close: async () => {} };
  },
  ({ close }) => close(),
);

/** The services that need no keys. */
export const userServices = part('user services', async (get) => {
  const now = get(clock);
  return {
    passwords: (await get(hashing)).passwords,
    apiClientIssuer: createApiClientIssuer({
      apiClients: get(stores).apiClients,
      now,
      randomBytes,
    }),
    newUserRules: {
      minPasswordLength: get(options).config.minPasswordLength,
      groups: get(groups),
      newUserGroups: get(project).config.newUserGroups ?? [],
    },
  };
});

const sessionServices = part('session services', async (get) => {
  const { config, logger, observer } = get(options);
  const { loginLimits, minPasswordLength, sessionLifetimeSeconds, refreshGraceSeconds } = config;
  const { passwords, passwordHashes } = await get(hashing);
  return createSessionServices({
    loginLimits,
    minPasswordLength,
    sessionLifetimeSeconds,
    refreshGraceSeconds,
    passwords,
    passwordHashes,
    stores: get(stores),
    groups: get(groups),
    accessTokens: await get(accessTokens),
    counters: (await get(loginCounters)).store,
    now: get(clock),
    randomBytes,
    delay: (delayMs) => setTimeout(delayMs, undefined, { ref: false }),
    onError: (error, failed) => logger.warn({ err: error }, failed),
    toClientError,
    onOutcome: observer?.onLoginOutcome ?? (() => {}),
  });
});

/** What the resolvers of identity use. */
export const identity = part(
  'identity',
  async (get): Promise<IdentityParts> => ({
    stores: get(stores),
    services: {
      ...(await get(sessionServices)),
      ...(await get(userServices)),
      serverInfo: { name: 'Gatehouse', version: programVersion() },
      accessOf: (viewer) => get(authorization).accessOf(viewer),
      schemaHash: () => get(authorization).schemaHash(),
    },
  }),
);

/** What the commands for operators use. Needs no keys. */
export const administration = part('administration', async (get) =>
  createAdministration({
    stores: get(stores),
    services: await get(userServices),
    createPassword: createPasswordOf,
  }),
);

/** Creates the first ADMIN of an empty database. @throws {FirstAdminError} */
export const makeFirstAdmin = part('first ADMIN', async (get) => {
  const services = await get(userServices);
  const { firstAdmin } = get(options).config;
  const dependencies = { users: get(stores).users, services, createPassword: createPasswordOf };
  return () => ensureFirstAdmin({ ...firstAdmin, ...dependencies });
});

const authenticate = part('authentication', async (get) => {
  const { config, logger } = get(options);
  const loaders = createViewerLoaders({
    stores: get(stores),
    now: get(clock),
    sessionIdleSeconds: config.sessionIdleSeconds,
    onRecordError: (error) => logger.warn({ err: error }, 'recording a last use failed'),
  });
  return createAuthenticate({ accessTokens: await get(accessTokens), ...loaders });
});

// Operations.

const budget = part('request budget', (get) => {
  const { config, connection } = get(options);
  const { requestTimeoutMs: totalMs } = config.databaseLimits;
  return createRequestBudget(connection, { totalMs, deadlineMs: config.operationLimits.timeoutMs });
});

const operations = part('operations', (get) => {
  const { config, logger, observer } = get(options);
  const log = createOperationLog(withoutRedaction(logger));
  return createOperations({
    ...get(domainErrors),
    authorization: get(authorization),
    limits: config.operationLimits,
    hidesSchema: config.introspection !== 'full',
    onOperation(record) {
      log(record);
      observer?.onOperation(record);
    },
    logger,
    pricing: createPricing(get(domains)),
    withinBudget: get(budget).withinBudget,
    elapsedMs: () => performance.now(),
  });
});

/** What every door gets. */
export const doorParts = part('door parts', async (get) => {
  const { config, logger } = get(options);
  const { isProduction, sessionCookieSameSite: sameSite, allowedOrigins } = config;
  const keys = await get(signingKeys);
  const now = get(clock);
  await get(identity); // for resolvers, which run later
  return {
    ...get(budget),
    authorization: get(authorization),
    operations: get(operations),
    /** Whether errors name only the part of the schema that the viewer can see. */
    hidesSchema: config.introspection !== 'full',
    toClientError: get(domainErrors).toClientError,
    authenticate: await get(authenticate),
    tokenEndsAt,
    membershipsOf: batchMemberships(get(stores)),
    createContext: get(contexts).createContext,
    cookies: createRequestCookies({ sameSite, allowsInsecure: !isProduction, allowedOrigins, now }),
    events: get(events),
    publicJwks: () => keys.publicJwks,
    jwksMaxAgeSeconds: config.signingKeys.jwksMaxAgeSeconds,
    now,
    logger,
  };
});

export const backgroundWork = part(
  'background work',
  (get) => {
    const { logger, observer } = get(options);
    return createBackgroundWork({
      stores: get(stores),
      onSessionsRemoved: observer?.onSessionsRemoved,
      onError: (error, failed) => logger.warn({ err: error }, failed),
      others: createPackageTasks(get(options)),
    });
  },
  ({ stop }) => stop(),
);
