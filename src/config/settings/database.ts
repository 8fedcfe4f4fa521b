import { z } from 'zod';
import { setting, text, wholeNumber } from './setting.ts';

/** Where everything is kept. */
export const databaseSettings = {
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
      .optional(),
    'PostgreSQL 15 or later, such as postgresql://user:password@host:5432/name. Not set: the embedded database, in DATA_DIR.',
    'place',
  ),
  DATABASE_POOL_SIZE: setting(
    wholeNumber(1, 1000, 10),
    'How many connections to PostgreSQL this process has at most, beside the one that listens. PostgreSQL must allow those of all nodes (max_connections).',
  ),
  DATABASE_CONNECT_TIMEOUT_MS: setting(
    wholeNumber(50, 60_000, 2_000),
    'How many milliseconds a request waits for a connection to PostgreSQL, a new one or one of the pool.',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: setting(
    wholeNumber(50, 600_000, 2_000),
    'After how many milliseconds PostgreSQL ends a statement of the server. Commands for operators may take a minute.',
  ),
  DATABASE_REQUEST_TIMEOUT_MS: setting(
    wholeNumber(100, 600_000, 2_500),
    'After how many milliseconds a request that needs PostgreSQL is answered with 503, counted from its beginning. Time that a mutation spends in line to hash a password is not held against it: it still has 30 % of this for the database after that.',
  ),
  DATA_DIR: setting(
    text('data'),
    'The folder of the embedded database, and of the signing keys unless SIGNING_KEYS names them.',
  ),
  MIGRATE: setting(
    z.enum(['on', 'off']).default('on'),
    'off: the server does not migrate its database at start; `npm run migrate` does.',
  ),
};
