/** Fills a migrated database of the demo. */
import { readFileSync } from 'node:fs';
import { query } from '../server.mjs';

/** Needs the user `admin`. `sessions` are those of the user `heavy`. */
export const fill = (databaseUrl, { users, sessions }) =>
  run(databaseUrl, ['drop-indexes.sql', 'fill.sql', 'create-indexes.sql'], { users, sessions });

/** Adds mails. Needs their tables. `verified` users have a verified address. */
export const fillMails = (databaseUrl, { users, verified }) =>
  run(databaseUrl, ['fill-mail.sql'], { users, verified });

function run(databaseUrl, names, sizes) {
  let script = names.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8')).join('');
  for (const [size, count] of Object.entries(sizes)) {
    script = script.replaceAll(`:${size}`, String(count));
  }
  return query(databaseUrl, script);
}
