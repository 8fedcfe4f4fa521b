import { fileURLToPath } from 'node:url';
import {
  type DatabaseAccess,
  defineCommand,
  type GatehousePackage,
  type PackageSetting,
  type PackageWork,
  type SettingValues,
} from 'graphql-gatehouse';
import { z } from 'zod';

const settings = {
  NOTICES_KEPT_DAYS: {
    schema: z.coerce.number('must be a number').int().min(1, 'must be at least 1').default(30),
    meaning: 'How long notices are kept, in days.',
    shows: 'value',
  },
  NOTICES_SIGNATURE: {
    schema: z.string().optional(),
    meaning: 'A text at the end of each notice. Not set: none.',
    shows: 'presence',
  },
} satisfies Record<string, PackageSetting>;

type Settings = SettingValues<typeof settings>;

/** Notices of the operators, which are removed after some days. */
export const notices = (): GatehousePackage<Settings> => ({
  name: 'notices',
  settings,
  checkSettings: ({ NOTICES_SIGNATURE }, { isProduction }) =>
    isProduction && NOTICES_SIGNATURE === undefined
      ? [{ name: 'NOTICES_SIGNATURE', message: 'is required in production' }]
      : [],
  migrations: {
    directory: fileURLToPath(new URL('migrations', import.meta.url)),
    version: '1.0.0',
  },
  commands: { 'post-notice': postNotice },
  background: { 'remove old notices': { intervalSeconds: 3600, run: removeOld } },
  doctor: async ({ settings: { NOTICES_KEPT_DAYS: days } }) => [
    days > 365
      ? {
          name: 'notices',
          state: 'warning',
          found: `kept for ${days} days`,
          advice: 'set NOTICES_KEPT_DAYS to at most 365',
        }
      : { name: 'notices', state: 'ok', found: `kept for ${days} days` },
  ],
});

const postNotice = defineCommand({
  description: 'post a notice',
  arguments: { text: { type: 'string', description: 'what it says' } },
  async run({ access, settings: given }: PackageWork<Settings>, { text }) {
    const whole = [text, given.NOTICES_SIGNATURE ?? ''].join(' ').trimEnd();
    await query(access, 'INSERT INTO gatehouse_notices.notices ("text") VALUES ($1)', [whole]);
    return `posted: ${whole}`;
  },
});

async function removeOld({ access, settings: given, log }: PackageWork<Settings>): Promise<void> {
  const removed = await query(
    access,
    `DELETE FROM gatehouse_notices.notices
     WHERE posted_at < now() - make_interval(days => $1) RETURNING id`,
    [given.NOTICES_KEPT_DAYS],
  );
  if (removed.length > 0) log.info({ count: removed.length }, 'removed old notices');
}

/** Runs a statement on a database of either kind. */
async function query(
  access: DatabaseAccess,
  sql: string,
  values: readonly unknown[],
): Promise<readonly unknown[]> {
  const { rows } =
    access.kind === 'postgresql'
      ? await access.pool.query(sql, [...values])
      : await access.pglite.query(sql, [...values]);
  return rows;
}
