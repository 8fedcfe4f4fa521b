import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Texts of two parts in sources. */
const dottedForm = /'([a-z][a-z_]*\.[a-z][a-z_]*)'/g;

/** Names of tables, fields, arguments and files. */
const others = /^(?:gatehouse|input)\.|\.(?:id|md)$/;

/** What users are notified of, and the log has under another name. */
const notices = ['session.new_device', 'session.opened'];

/** Returns the actions that Gatehouse and its packages record in the audit log. */
export async function findAuditActions(): Promise<readonly string[]> {
  // Its name has that of the log.
  const found = new Set(['audit.pruned']);
  for (const folder of ['src/identity', ...(await packageSources())]) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const text = await readFile(join(folder, name), 'utf8');
      for (const [, action = ''] of text.matchAll(dottedForm)) {
        if (!others.test(action) && !notices.includes(action)) found.add(action);
      }
    }
  }
  return [...found].sort();
}

/** Those of packages that a server loads. */
const packageSources = async (): Promise<readonly string[]> =>
  (await readdir('packages')).flatMap((name) =>
    name === 'console' ? [] : [`packages/${name}/src`],
  );
