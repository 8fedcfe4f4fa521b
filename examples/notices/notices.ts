import { fileURLToPath } from 'node:url';
import type {
  PackageParts,
  PackageRuntime,
  PackageSetting,
  RouteCall,
  SettingValues,
} from 'graphql-gatehouse';
import {
  defineCommand,
  definePackage,
  readRows,
  runSql,
  timeColumn,
  withParts,
} from 'graphql-gatehouse/package';
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

/** Opens the package, once in a process. */
const open = async ({
  settings: { NOTICES_SIGNATURE: signature = '' },
}: PackageRuntime<Settings>) => ({
  sign: (text: string) => [text, signature].join(' ').trimEnd(),
});

/** The runtime, and what `open` returned. */
type Parts = PackageParts<Settings, Awaited<ReturnType<typeof open>>>;

/** Notices of the operators, which are removed after some days. */
export const notices = () =>
  definePackage({
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
    open,
    domains: (parts) => [
      { name: 'notices', typeDefs, resolvers: { Query: withParts(parts, { notices: list }) } },
    ],
    routes: { text: { method: 'GET', path: '/notices.txt', takes: 'nothing', run: showAsText } },
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

const typeDefs = `
extend type Query {
  "The notices that contain a text, the latest first."
  notices("The text." search: String! = ""): [Notice!]! @public
}

"A notice of the operators."
type Notice {
  "What it says."
  text: String!
  "When it was posted."
  postedAt: DateTime!
}`;

const noticeSchema = z.object({ text: z.string(), postedAt: timeColumn });

const list = ({ sql }: Parts, { search }: { readonly search: string }) =>
  readRows(sql, noticeSchema)`
    SELECT "text", posted_at AS "postedAt" FROM gatehouse_notices.notices
    WHERE strpos("text", ${search}::text) > 0 ORDER BY id DESC LIMIT 20`;

/** The notices for a screen in a hall, which has no GraphQL client. */
async function showAsText({ operate }: RouteCall): Promise<Response> {
  const { status, headers, result } = await operate({ query: '{ notices { text } }' });
  const { data } = answerSchema.parse(result);
  if (data == null) return Response.json(result, { status, headers });
  return new Response(data.notices.map(({ text }) => `${text}\n`).join(''));
}

const answerSchema = z.object({
  data: z.object({ notices: z.array(z.object({ text: z.string() })) }).nullish(),
});

const postNotice = defineCommand({
  description: 'post a notice',
  arguments: { text: { type: 'string', description: 'what it says' } },
  async run({ sql, sign }: Parts, { text }) {
    await runSql(sql)`INSERT INTO gatehouse_notices.notices ("text") VALUES (${sign(text)}::text)`;
    return `posted: ${sign(text)}`;
  },
});

async function removeOld({
  sql,
  settings: { NOTICES_KEPT_DAYS: days },
  log,
}: Parts): Promise<void> {
  const removed = await readRows(sql, z.object({ id: z.coerce.string() }))`
    DELETE FROM gatehouse_notices.notices
    WHERE posted_at < now() - make_interval(days => ${days}::int) RETURNING id`;
  if (removed.length > 0) log.info({ count: removed.length }, 'removed old notices');
}
