import { z } from 'zod';
import { setting, text } from './setting.ts';

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
  DATA_DIR: setting(
    text('data'),
    'The folder of the embedded database, and of the signing keys unless SIGNING_KEYS names them.',
  ),
  MIGRATE: setting(
    z.enum(['on', 'off']).default('on'),
    'off: the server does not migrate its database at start; `npm run migrate` does.',
  ),
};
