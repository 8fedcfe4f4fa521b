import { z } from 'zod';
import { isDatabaseUrl, namesHosts } from './database-url.ts';
import { settingFacts, text, wholeNumber } from './setting.ts';

const notUrl =
  'is not a valid URL: percent-encode special characters in the username and password, such as / as %2F';

const severalHosts =
  'names several hosts: name one address that always leads to the primary, such as that of a proxy';

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgresql://', abort: true })
  .refine((text) => !namesHosts(text), { error: severalHosts, abort: true })
  .refine(isDatabaseUrl, notUrl);

export const databaseSettings = {
  databaseUrl: postgresUrl.optional().register(settingFacts, {
    name: 'DATABASE_URL',
    meaning:
      'The URL of a PostgreSQL database, version 15 or later, such as postgresql://user:password@host:5432/name. Percent-encode special characters in the password. Not set: the embedded database in DATA_DIR.',
    shows: 'place',
  }),
  databaseDirectUrl: postgresUrl.optional().register(settingFacts, {
    name: 'DATABASE_DIRECT_URL',
    meaning:
      'The URL of the same database without a pooler, if DATABASE_URL is that of a pooler in transaction mode such as PgBouncer. Events and migrations use it: one connection per node, and one more during a migration. The server then sets no timeouts through DATABASE_URL; doctor says how to set them.',
    shows: 'place',
  }),
  databaseReplica: z
    .object({
      url: postgresUrl.optional().register(settingFacts, {
        name: 'DATABASE_REPLICA_URL',
        meaning:
          'The URL of a streaming replica of DATABASE_URL. Lists that may be slightly outdated are read from it: users, auditEvents, and lists of the project that allow it. The primary is read instead while the replica is unavailable or too far behind. Not set: everything is read from the primary.',
        shows: 'place',
      }),
      maxLagMs: wholeNumber(100, 600_000, 5_000).register(settingFacts, {
        name: 'DATABASE_REPLICA_MAX_LAG_MS',
        meaning:
          'Maximum lag of the replica, in milliseconds. After a change, its author reads from the primary for this time and 17.3 seconds more: 5 seconds for clock differences, and the maximum time of a change, which depends on DATABASE_STATEMENT_TIMEOUT_MS and DATABASE_CONNECT_TIMEOUT_MS.',
      }),
    })
    .transform(({ url, maxLagMs }) => (url === undefined ? undefined : { url, maxLagMs })),
  mayCreateDatabase: z
    .enum(['embedded'])
    .optional()
    .transform((kind) => kind === 'embedded')
    .register(settingFacts, {
      name: 'DATABASE',
      meaning:
        'embedded: create an embedded database in DATA_DIR in production too, if none exists and DATABASE_URL is not set. This prevents a start on an empty database when DATABASE_URL is missing by mistake.',
    }),
  databaseLimits: z.object({
    maxConnections: wholeNumber(1, 1000, 10).register(settingFacts, {
      name: 'DATABASE_POOL_SIZE',
      meaning:
        'Maximum number of PostgreSQL connections of this process, in addition to one for notifications. max_connections of PostgreSQL must be enough for the total of all nodes.',
    }),
    connectTimeoutMs: wholeNumber(50, 60_000, 2_000).register(settingFacts, {
      name: 'DATABASE_CONNECT_TIMEOUT_MS',
      meaning:
        'Maximum time a request waits for a PostgreSQL connection, new or from the pool, in milliseconds.',
    }),
    statementTimeoutMs: wholeNumber(50, 600_000, 2_000).register(settingFacts, {
      name: 'DATABASE_STATEMENT_TIMEOUT_MS',
      meaning:
        'Maximum time of a PostgreSQL statement of the server, in milliseconds; then PostgreSQL cancels it. Operator commands may take a minute.',
    }),
    requestTimeoutMs: wholeNumber(100, 600_000, 2_500).register(settingFacts, {
      name: 'DATABASE_REQUEST_TIMEOUT_MS',
      meaning:
        'Maximum time of a request that needs PostgreSQL, in milliseconds from its start; then it is answered with 503. Time in the queue for password hashes does not count: a mutation has the same time for the database with and without it.',
    }),
  }),
  dataDir: text('data').register(settingFacts, {
    name: 'DATA_DIR',
    meaning:
      'The directory of the embedded database, and of the signing keys unless SIGNING_KEYS is set.',
  }),
  migratesAtStart: z
    .enum(['on', 'off'])
    .default('on')
    .transform((choice) => choice === 'on')
    .register(settingFacts, {
      name: 'MIGRATE',
      meaning:
        'Whether the server migrates its database at start: on or off. off: run `gatehouse migrate` instead.',
    }),
};
