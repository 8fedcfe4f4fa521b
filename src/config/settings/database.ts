import { z } from 'zod';
import { isDatabaseUrl, namesHosts } from './database-url.ts';
import { setting, text, wholeNumber } from './setting.ts';

const notUrl =
  'is not a valid URL: percent-encode special characters in the user name and password, such as / as %2F';

const severalHosts =
  'names several hosts: name one address that always leads to the primary, such as that of a proxy';

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgresql://', abort: true })
  .refine((text) => !namesHosts(text), { error: severalHosts, abort: true })
  .refine(isDatabaseUrl, notUrl);

/** Where everything is kept. */
export const databaseSettings = {
  DATABASE_URL: setting(
    postgresUrl.optional(),
    'The URL of a PostgreSQL database, version 15 or later, such as postgresql://user:password@host:5432/name. Percent-encode special characters in the password. Not set: the embedded database in DATA_DIR.',
    'place',
  ),
  DATABASE_DIRECT_URL: setting(
    postgresUrl.optional(),
    'The URL of the same database without a pooler, if DATABASE_URL is that of a pooler in transaction mode such as PgBouncer. Events and migrations use it: one connection of each node, and one more while it migrates. The server then sends no timeouts with DATABASE_URL; doctor says how to set them.',
    'place',
  ),
  DATABASE_REPLICA_URL: setting(
    postgresUrl.optional(),
    'The URL of one streaming replica of DATABASE_URL, from which lists that may be a little old are read: users, auditEvents, and those of the project that say so. When it is down or too far behind, the primary is read. Not set: everything is read from the primary.',
    'place',
  ),
  DATABASE_REPLICA_MAX_LAG_MS: setting(
    wholeNumber(100, 600_000, 5_000),
    'How old a list from the replica may be, in milliseconds. Who has changed something reads the primary for this time and 17.3 seconds more: 5 seconds for clocks that differ, and the longest time of a change, which grows with DATABASE_STATEMENT_TIMEOUT_MS and DATABASE_CONNECT_TIMEOUT_MS.',
  ),
  DATABASE: setting(
    z.enum(['embedded']).optional(),
    'embedded: create an embedded database in DATA_DIR in production too, if none exists and DATABASE_URL is not set. This prevents a start on an empty database when DATABASE_URL is missing by mistake.',
  ),
  DATABASE_POOL_SIZE: setting(
    wholeNumber(1, 1000, 10),
    'Maximum number of PostgreSQL connections of this process, in addition to one for notifications. max_connections of PostgreSQL must allow the total of all nodes.',
  ),
  DATABASE_CONNECT_TIMEOUT_MS: setting(
    wholeNumber(50, 60_000, 2_000),
    'Maximum time a request waits for a PostgreSQL connection, new or from the pool, in milliseconds.',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: setting(
    wholeNumber(50, 600_000, 2_000),
    'Maximum time of a PostgreSQL statement of the server, in milliseconds; then PostgreSQL cancels it. Operator commands may take a minute.',
  ),
  DATABASE_REQUEST_TIMEOUT_MS: setting(
    wholeNumber(100, 600_000, 2_500),
    'Time after which a request that needs PostgreSQL is answered with 503, in milliseconds from its start. Time that a mutation waits to hash a password does not count: afterwards it still has at least 30 % of this time for the database.',
  ),
  DATA_DIR: setting(
    text('data'),
    'The directory of the embedded database, and of the signing keys unless SIGNING_KEYS is set.',
  ),
  MIGRATE: setting(
    z.enum(['on', 'off']).default('on'),
    'Whether the server migrates its database at start: on or off. off: run `gatehouse migrate` instead.',
  ),
};
