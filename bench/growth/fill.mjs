/** Fills a migrated database of the demo. */
import { readFileSync } from 'node:fs';
import { query } from '../server.mjs';

const script = readFileSync(new URL('fill.sql', import.meta.url), 'utf8');

/** Needs the user `admin`. `sessions` are those of the user `heavy`. */
export const fill = (databaseUrl, { users, sessions }) =>
  query(
    databaseUrl,
    script.replaceAll(':users', String(users)).replaceAll(':sessions', String(sessions)),
  );
