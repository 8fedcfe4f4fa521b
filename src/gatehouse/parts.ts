import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { toAddressKey } from '../authentication/address-key.ts';
import { createAskOutcome } from '../changes/ask-outcome.ts';
import { toDataClient } from '../changes/data-client.ts';
import { toPackageDatabase } from '../changes/package-database.ts';
import { createContexts } from '../context/create-context.ts';
import { createReadPage } from '../context/read-page.ts';
import { longestWriteMs } from '../database/connect.ts';
import { isMalformed, toClientError, violatedConstraintOf } from '../database/errors.ts';
import { readEventKey } from '../database/events/event-batches.ts';
import { requireOutsideTransaction } from '../database/time/transaction-scope.ts';
import { checkEventTables } from '../doctor/event-checks.ts';
import { createEventSource } from '../events/event-source.ts';
import { createApiClientIssuer } from '../identity/api-clients/api-client-issuer.ts';
import { createAccountHistory } from '../identity/audit/account-history.ts';
import { auditLog } from '../identity/audit/audit-log.ts';
import { createHeldGroups, type HeldGroupsOf } from '../identity/groups/held-groups.ts';
import { createFindWithheld } from '../identity/groups/withheld-groups.ts';
import { createIdentityDomains, createPlaceDomains } from '../identity/identity.ts';
import type { IdentityParts } from '../identity/identity-parts.ts';
import { createPackageAccounts } from '../identity/packages/account-services.ts';
import { checkAccountCalls } from '../identity/packages/check-account-calls.ts';
import { createPlaces, type Places } from '../identity/places/places.ts';
import { createSessionServices } from '../identity/sessions/session-services.ts';
import { settleMsOf } from '../identity/settled.ts';
import { createStores, type Stores } from '../identity/stores.ts';
import { batchMemberships } from '../identity/users/batch-memberships.ts';
import { createDenialReport } from '../observability/denial-report.ts';
import { createLoads } from '../schema/loaders.ts';
import { createDecideFor } from '../schema/packages/decide-for.ts';
import type { PackageAccounts } from '../schema/packages/package-accounts.ts';
import {
  checkTables,
  createNotify,
  createOnDelivered,
  createRenameGroup,
  logsOfPackages,
  openFactorRules,
  packageDomains,
  packageRuntimes,
} from '../schema/packages/package-calls.ts';
import type { PackageReports } from '../schema/packages/package-reports.ts';
import {
  createRequireGrantable,
  type RequireGrantable,
} from '../schema/packages/require-grantable.ts';
import { readProjectSchema } from '../schema/project-schema.ts';
import { hasRules } from '../schema/row-types.ts';
import { coordinatesIn } from '../schema/sdl/coordinates-in.ts';
import { readTypeDefs } from '../schema/sdl/type-defs.ts';
import { createTopics, eventFieldsOf } from '../schema/topics.ts';
import { programVersion } from '../values/version.ts';
import { takeAccessSnapshot } from './access-snapshot.ts';
import { clock, options, project } from './app-inputs.ts';
import { accessTokens, factorTable, hashing, loginCounters } from './credentials.ts';
import { dataClient, readsOf, readsOfProject, replicaClient } from './data-clients.ts';
import { createDeliveries } from './deliveries.ts';
import { createPackageReports } from './package-reports.ts';
import { type Part, part } from './part.ts';
import { accessTo } from './project-database.ts';
import { toComposedSchema } from './reported-schema.ts';
import { requireEventTables } from './require-event-tables.ts';

// The schema.

export const schema = part('domains', (get, made) => {
  const own = createIdentityDomains(() => made(identity));
  const ofPlaces = createPlaceDomains(() => made(identity));
  const ofPackages = packageDomains(get(project), () => made(runtimes));
  return readProjectSchema({
    own,
    ofPlaces,
    ofPackages,
    project: get(project),
    toClientError,
    isMalformed,
    constraintOf: (error) => violatedConstraintOf(error).constraint,
  });
});

/** The coordinates that Gatehouse itself defines. */
export const ownCoordinates = part('own coordinates', (get) =>
  coordinatesIn(readTypeDefs(get(schema).own, '').documents),
);

/** The guarded schema, for running operations. */
export const authorization = part('schema', (get) => {
  const { config, logger, documents } = get(options);
  const reportDenial = createDenialReport(logger);
  return get(schema).compose({
    documents,
    topics: get(events).topics,
    maxSubscriptionsPerViewer: config.maxSubscriptionsPerViewer,
    introspection: config.introspection,
    answerLimits: config.answerLimits,
    now: get(clock),
    onDelivered: get(deliveries),
    onPolicyError: (error, policy, { requestId }) =>
      logger.error({ err: error, policy, requestId }, 'a policy threw an error'),
    ...(config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
});

const deliveries: Part<ReturnType<typeof createDeliveries>> = part('deliveries', (get) =>
  createDeliveries(createOnDelivered(get(project), () => get(runtimes))),
);

/** Whether types have rules, or ids name rows. */
const rulesExist = part('rules', (get) => hasRules(get(authorization)));

/** The guarded schema, to print and to explain. Needs the project alone. */
export const reportedAuthorization = part('schema for reports', (get) =>
  get(schema).compose({ onPolicyError: () => undefined }),
);

/** What the history of access has of this process. */
export const accessSnapshot = part('served schema', (get) =>
  takeAccessSnapshot(get(authorization), {
    groups: get(schema).groups,
    project: get(project),
    reportsOnly: get(options).config.reportsOnly,
  }),
);

// Data.

export const stores = part('stores', (get, made): Stores => {
  const { config, connection } = get(options);
  const { database, read, replica } = connection;
  return createStores({
    database,
    read,
    replica: replica?.connection,
    settleMs: replica && settleMsOf(replica.maxLagMs, longestWriteMs(config.databaseLimits)),
    groups: get(schema).groups,
    factors: get(factorTable),
    heldOf: (...asked) => made(heldGroups).of(...asked),
    requireGrantable: (...asked) => get(requireGrantable)(...asked),
    placeGrants: () => get(places).grantRules(),
    notify: createNotify(get(project), () => get(runtimes)),
    renameGroup: createRenameGroup(get(project), () => get(runtimes)),
    logs: [auditLog, ...logsOfPackages(get(options))],
    now: get(clock),
    sessionIdleSeconds: config.sessionIdleSeconds,
    maxSessionsPerUser: config.maxSessionsPerUser,
  });
});

export const contexts = part('contexts', (get, made) => {
  const { connection, config } = get(options);
  const { database, replica } = connection;
  // Each row of an answer is a value, and has one.
  const maxRows = Math.floor(config.answerLimits.maxAnswerValues / 2);
  const loading = { isMalformed, beforeLoad: requireOutsideTransaction, maxRows };
  return createContexts({
    ...get(readsOfProject),
    groups: get(schema).groups,
    heldOf: (...asked) => made(heldGroups).of(...asked),
    now: get(clock),
    maxRows,
    rows: (info, typeName) => get(authorization).rowsOf(info, typeName),
    readPage: createReadPage(async () => {
      requireOutsideTransaction();
      return readEventKey(connection.read);
    }),
    reader: {
      find: (typeName, id, context) => get(authorization).find(typeName, id, context),
      filterOf: (typeName, context) => get(authorization).filterOf(typeName, context),
    },
    isSerializable: () => get(rulesExist),
    places: get(schema).groups.havePlaces ? get(places) : undefined,
    // Without a client of its own, a project's changes are events alone.
    data: toDataClient(get(dataClient) ?? database),
    askOutcome: createAskOutcome(connection.read),
    replica: replica && {
      ...readsOf(get(replicaClient)),
      read: replica.read,
      dependsOnData: (info, context) => get(authorization).dependsOnData(info, context),
    },
    createLoad: createLoads(get(schema).domains, { context: get(readsOfProject), ...loading }),
  });
});

export const events = part(
  'events',
  (get) => {
    const { connection, logger } = get(options);
    const { listen } = connection.notifications;
    const topics = createTopics(get(schema).domains, {
      listen,
      context: get(readsOfProject),
      onReadError: (error) => logger.warn({ err: error }, 'reading events failed; retrying'),
    });
    const source = createEventSource({ listen, topics: [...topics.values()] });
    const start = async () => {
      await requireEventTables(eventFieldsOf(get(schema).domains), get(options));
      await source.start();
    };
    return { topics, source: { ...source, start } };
  },
  ({ source }) => source.stop(),
);

// Credentials.

/** The services that need no keys. */
export const userServices = part('user services', async (get) => {
  const { apiClients } = get(stores);
  return {
    passwords: (await get(hashing)).passwords,
    apiClientIssuer: createApiClientIssuer({
      apiClients,
      heldGroups: await get(heldGroups),
      groups: get(schema).groups,
      now: get(clock),
      randomBytes,
    }),
    newUserRules: get(newUserRules),
  };
});

const newUserRules = part('rules for new users', (get) => ({
  passwords: get(options).config.passwordSettings,
  groups: get(schema).groups,
  newUserGroups: get(project).config.newUserGroups ?? [],
}));

const requireGrantable: Part<RequireGrantable> = part('groups to grant', (get) =>
  createRequireGrantable({
    authorizeOperation: (request) => get(authorization).authorizeOperation(request),
    createContext: (facts) => get(contexts).createContext(facts),
    groups: get(schema).groups,
  }),
);

const packageAccounts = part(
  'accounts of packages',
  (get): PackageAccounts =>
    createPackageAccounts({
      store: get(stores).packageAccounts,
      passwords: async () => (await get(hashing)).passwords,
      sessionServices: () => get(sessionServices),
      newUserRules: get(newUserRules),
      decideFor: createDecideFor({
        decideOperation: (request) => get(authorization).decideOperation(request),
        createContext: (facts) => get(contexts).createContext(facts),
        now: get(clock),
      }),
    }),
);

/** What the domains, factors, commands and background work of packages get. */
export const runtimes = part('packages', (get) =>
  packageRuntimes({
    ...get(packageHost),
    sql: toPackageDatabase(get(options).connection, get(options).config.databaseLimits),
    accounts: checkAccountCalls(get(packageAccounts)),
    history: createAccountHistory(() => get(stores).audit),
    now: get(clock),
    randomBytes,
    addressKey: toAddressKey,
    reports: get(packageReports),
    composed: () => toComposedSchema(get(reportedSchema)),
  }),
);

/** What this process enforces, for reports. */
const reportedSchema = part('reported schema', (get) => ({
  ...get(schema),
  project: get(project),
  guarded: get(authorization),
}));

const packageReports = part(
  'reports',
  (get): PackageReports =>
    createPackageReports({
      reported: () => get(reportedSchema),
      snapshot: () => get(accessSnapshot),
      findFormer: (present) => get(stores).accessHistory.servedBefore(present),
      appOptions: get(options),
      findRemovedGroups: () => get(stores).groups.listRemoved(),
      checkTables: get(checksOfTables),
      groups: () => get(schema).groups,
      now: get(clock),
    }),
);

/** The checks of the tables of packages and of events. */
export const checksOfTables = part('checks of tables', (get) => async () => [
  ...(await checkTables(get(project), get(runtimes))),
  ...(await checkEventTables(
    eventFieldsOf(get(schema).domains),
    get(options).connection.migrations,
  )),
]);

/** What logins ask for beside the password. */
export const factorRules = part('factors', (get) => openFactorRules(get(project), get(runtimes)));

/** With its type, because the stores use it, which packages need. */
const heldGroups: Part<Promise<HeldGroupsOf>> = part('held groups', async (get) =>
  createHeldGroups({
    groups: get(schema).groups,
    factors: get(factorTable),
    rules: await get(factorRules),
  }),
);

/** The same for groups that are held in places. */
const heldInPlaces = part('held groups in places', async (get) => {
  const { inPlace, inSchemaOrder } = get(schema).groups;
  return createHeldGroups({
    groups: { inEffect: inPlace, inSchemaOrder },
    factors: get(factorTable),
    rules: await get(factorRules),
  });
});

/** With its type, as the groups above. */
const places: Part<Places> = part('places', (get, made) =>
  createPlaces({
    groups: get(schema).groups,
    held: () => made(heldInPlaces),
    factorRules: async () => get(factorRules),
    stores: () => get(stores),
    authorization: () => get(authorization),
    now: get(clock),
    randomBytes,
  }),
);

const sessionServices = part('session services', async (get) => {
  const { config, logger, counts } = get(options);
  const { loginLimits, passwordSettings, sessionLifetimeSeconds, refreshGraceSeconds } = config;
  const { passwords, passwordHashes } = await get(hashing);
  return createSessionServices({
    loginLimits,
    passwordSettings,
    factorRules: await get(factorRules),
    factors: get(factorTable),
    sessionLifetimeSeconds,
    refreshGraceSeconds,
    passwords,
    passwordHashes,
    stores: get(stores),
    heldGroups: await get(heldGroups),
    accessTokens: await get(accessTokens),
    counters: (await get(loginCounters)).store,
    now: get(clock),
    randomBytes,
    delay: (delayMs) => setTimeout(delayMs, undefined, { ref: false }),
    onError: (error, failed) => logger.warn({ err: error }, failed),
    toClientError,
    onOutcome: (outcome) => counts?.countLogin?.(outcome),
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
      findWithheld: createFindWithheld(await get(withholding)),
      placeGrants: get(places).grants,
      placeInvitations: get(places).invitations,
      factors: get(factorTable),
    },
  }),
);

/** What decides which groups are withheld from a session. */
export const withholding = part('locked groups', async (get) => {
  await get(heldInPlaces);
  return {
    heldGroups: await get(heldGroups),
    rules: await get(factorRules),
    grantsOf: batchMemberships(get(stores)),
    now: get(clock),
  };
});

/** What calls of packages get. */
export const packageHost = part('access of packages', (get) => {
  const appOptions = get(options);
  return {
    ...appOptions,
    access: accessTo(appOptions.connection),
    groups: () => get(schema).groups,
  };
});
