import type { Authorization } from '@gatehouse/authorization';
import type { DocumentNode } from 'graphql';
import type { Authenticate } from '../authentication/authenticate.ts';
import { createPasswordOf } from '../authentication/generated-password.ts';
import type { HashLoad } from '../authentication/hash-queue.ts';
import type { SigningKeys } from '../authentication/keys/signing-keys.ts';
import { toDataClient } from '../changes/data-client.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context/context.ts';
import { createContexts, type RequestFacts } from '../context/create-context.ts';
import { closeOnFailure, type Opened } from '../database/close-on-failure.ts';
import { type DatabaseConnection, longestWriteMs } from '../database/connect.ts';
import { isMalformed, toClientError } from '../database/errors.ts';
import { requireOutsideTransaction } from '../database/time/transaction-scope.ts';
import { createEventSource, type EventSource } from '../events/event-source.ts';
import { createIdentityDomains } from '../identity/identity.ts';
import type { IdentityParts } from '../identity/identity-parts.ts';
import type { Services } from '../identity/services.ts';
import type { LoginOutcome } from '../identity/sessions/login/observe-login.ts';
import { settleMsOf } from '../identity/settled.ts';
import { createStores, type Stores } from '../identity/stores.ts';
import { batchMemberships } from '../identity/users/batch-memberships.ts';
import { ensureFirstAdmin, type FirstAdmin } from '../identity/users/first-admin.ts';
import type { Logger } from '../observability/logger.ts';
import { type ComposeSchemaOptions, composeSchema } from '../schema/compose-schema.ts';
import type { Domain } from '../schema/domain.ts';
import { createDomainErrors, type DomainErrors } from '../schema/domain-errors.ts';
import { createLoad, type LoaderContext } from '../schema/loaders.ts';
import type { LoginAttemptCounters } from '../schema/package.ts';
import { createPricing, type Pricing } from '../schema/pricing.ts';
import type { Project } from '../schema/project.ts';
import { composeTypeDefs } from '../schema/sdl/compose-type-defs.ts';
import { createTopics, eventResolvers } from '../schema/topics.ts';
import type { Groups } from '../values/groups.ts';
import { programVersion } from '../values/version.ts';
import { createCredentialParts } from './credential-parts.ts';
import { openClients } from './project-clients.ts';

/** The dependencies of every part. `now` is the clock of the process. */
export interface AppOptions {
  readonly config: Config;
  readonly project: Project;
  readonly connection: DatabaseConnection;
  readonly logger: Logger;
  readonly now?: () => Date;
  /** The SDL in place of the composed one, such as one in which a guard is missing. */
  readonly documents?: readonly DocumentNode[];
  readonly onLoginOutcome?: (outcome: LoginOutcome) => void;
}

/** The parts below the server, on an open and migrated database. */
export interface Parts extends DomainErrors {
  /** The clock of the process. */
  readonly now: () => Date;
  readonly stores: Stores;
  readonly services: Omit<Services, keyof Compiled>;
  readonly createContext: (facts: RequestFacts) => Context;
  readonly createSystemContext: () => Pick<Context, 'db' | 'change'>;
  /** Composes the schema and guards it. Resolvers use its guards from then on. */
  readonly composeSchema: (options: SchemaHooks) => Authorization<Context>;
  readonly pricing: Pricing;
  readonly events: EventSource;
  readonly authenticate: Authenticate;
  /** Returns when the token in these values of the Authorization header expires. Undefined: never. */
  readonly tokenEndsAt: (authorization: readonly string[]) => Date | undefined;
  readonly membershipsOf: ReturnType<typeof batchMemberships>;
  readonly publicJwks: () => SigningKeys['publicJwks'];
  readonly hashLoad: () => HashLoad;
  readonly counterLoad: LoginAttemptCounters['load'];
  /** Ends the project's data client, and what counts login attempts. */
  readonly close: () => Promise<void>;
}

/** The options of composing a schema that do not come from the project. */
export type SchemaHooks = Pick<
  ComposeSchemaOptions,
  'toClientError' | 'onPolicyError' | 'report' | 'introspection'
>;

/** What services and contexts know of the compiled schema. */
type Compiled = Pick<
  Authorization<Context>,
  'accessOf' | 'schemaHash' | 'rowsOf' | 'dependsOnData'
>;

const uncompiled: Compiled = {
  accessOf: () => [],
  schemaHash: () => '',
  rowsOf: unavailable,
  dependsOnData: unavailable,
};

/**
 * Builds the parts below the server.
 *
 * @throws {SigningKeysError | CompositionError} and what the project's data client throws. Nothing is left open then.
 */
export const createParts = (options: AppOptions): Promise<Parts> =>
  closeOnFailure((opened) => openParts(options, opened));

async function openParts(options: AppOptions, opened: Opened): Promise<Parts> {
  const { project, now = systemClock, onLoginOutcome = () => {} } = options;
  let compiled: Compiled = uncompiled;
  const own = createIdentityDomains(() => identity);
  const domains = [...own, ...(project.config.domains ?? [])];
  const { documents, groups, problems } = composeTypeDefs(own, project);
  const stores = storesOf(options, groups);
  const { newUserGroups = [] } = project.config;
  const credentialOptions = { ...options, now, stores, groups, newUserGroups, onLoginOutcome };
  const { services, closeCounters, ...credentials } =
    await createCredentialParts(credentialOptions);
  opened.add(closeCounters);
  const identity: IdentityParts = {
    stores,
    services: {
      ...services,
      serverInfo: { name: 'Gatehouse', version: programVersion() },
      accessOf: (viewer) => compiled.accessOf(viewer),
      schemaHash: () => compiled.schemaHash(),
    },
  };
  const clients = openClients(project, options.connection, opened);
  const { client } = clients;
  const reading = { db: clients.db };
  const loading = { context: reading, isMalformed, beforeLoad: requireOutsideTransaction };
  const { topics, events } = createProjectEvents(options, domains, reading);
  return {
    ...credentials,
    now,
    stores,
    events,
    services: identity.services,
    pricing: createPricing(domains),
    ...createDomainErrors(domains, toClientError),
    ...createContexts({
      ...reading,
      groups,
      now,
      rows: (info) => compiled.rowsOf(info),
      // Without a client of its own, a project's changes are events alone.
      data: toDataClient(client ?? options.connection.database),
      replica: clients.replica && {
        ...clients.replica,
        dependsOnData: (info, context) => compiled.dependsOnData(info, context),
      },
      load: createLoad(domains, loading),
    }),
    composeSchema(hooks) {
      const subscriptions = { Subscription: eventResolvers(domains, topics) };
      const given = options.documents ?? documents;
      const { maxSubscriptionsPerViewer } = options.config;
      const limited = { subscriptions, maxSubscriptionsPerViewer };
      const parts = { documents: given, problems, domains, ...limited };
      const authorization = composeSchema({ ...hooks, ...optionsOf(project), ...parts });
      compiled = authorization;
      return authorization;
    },
    membershipsOf: batchMemberships(stores),
    close: opened.close,
  };
}

/** Creates the stores of identity. */
export const storesOf = (
  { config, connection, now = systemClock }: StoreOptions,
  groups: Groups,
): Stores =>
  createStores({
    groups,
    database: connection.database,
    read: connection.read,
    replica: connection.replica?.connection,
    settleMs:
      connection.replica &&
      settleMsOf(connection.replica.maxLagMs, longestWriteMs(config.databaseLimits)),
    now,
    sessionIdleSeconds: config.sessionIdleSeconds,
    maxSessionsPerUser: config.maxSessionsPerUser,
  });

interface StoreOptions extends Pick<AppOptions, 'config' | 'now'> {
  readonly connection: Pick<DatabaseConnection, 'database' | 'read' | 'replica'>;
}

/** The groups of the composed schema. @throws {CompositionError} */
export const groupsOf = (project: Project): Groups =>
  composeTypeDefs(createIdentityDomains(unavailable), project).groups;

function createProjectEvents(
  { connection, logger }: AppOptions,
  domains: readonly Domain[],
  context: LoaderContext,
) {
  const { listen } = connection.notifications;
  const topics = createTopics(domains, {
    listen,
    context,
    onReadError: (error) => logger.warn({ err: error }, 'reading events failed; retrying'),
  });
  return { topics, events: createEventSource({ listen, topics: [...topics.values()] }) };
}

/** The schema of a project, composed without a database: to print and to explain, never to serve. */
export function composeForReports(project: Project, hooks: SchemaHooks): Authorization<Context> {
  const own = createIdentityDomains(unavailable);
  const domains = [...own, ...(project.config.domains ?? [])];
  const { documents, problems } = composeTypeDefs(own, project);
  const subscriptions = { Subscription: eventResolvers(domains, new Map()) };
  const parts = { documents, problems, domains, subscriptions };
  return composeSchema({ ...hooks, ...optionsOf(project), ...parts });
}

/** The options of composing a schema that come from the project's configuration. */
const optionsOf = ({ config: { schema: external, combineFilters } }: Project) => ({
  external,
  ...(combineFilters === undefined ? {} : { combineFilters }),
});

function unavailable(): never {
  throw new Error('This schema was composed without a database: its resolvers cannot run.');
}

/** Creates the first ADMIN of an empty database. @throws {FirstAdminError} */
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

const systemClock = () => new Date();
