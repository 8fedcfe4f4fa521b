import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { z } from 'zod';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import type { PostgresDatabase } from './postgres-database.ts';

/** How a statement read one table. */
export interface TableRead {
  readonly table: string;
  readonly isSequential: boolean;
  /** Rows that were looked at, also those that did not match. */
  readonly rows: number;
  /** Those of one time, where the statement reads it for each row of another table. */
  readonly rowsAtOnce: number;
}

/** A statement that PostgreSQL ran, also inside a trigger, with the plan that it ran. */
export interface RanStatement {
  readonly text: string;
  readonly reads: readonly TableRead[];
  /** Pages of 8 KB that were read from memory or from the disk, also of indexes and temporary files. */
  readonly blocks: number;
}

const partitionOf = /^(gatehouse\.audit_events|gatehouse_rights\.reads)_(\d{6}|default)$/;

/**
 * Adds up what a statement read of the partitions of one table: by an index, and sequentially, since one that has few
 * rows, such as that of a month that has just begun, is read so beside others that are not. Other tables can be there
 * more than once.
 */
function joinPartitions(reads: readonly TableRead[]): readonly TableRead[] {
  const joined = new Map<string, TableRead>();
  const others: TableRead[] = [];
  for (const read of reads) {
    const [, table] = partitionOf.exec(read.table) ?? [];
    if (table === undefined) {
      others.push(read);
      continue;
    }
    // The planner reads an empty partition without its index.
    const isSequential = read.isSequential && read.rows > 0;
    const key = `${table} ${isSequential}`;
    const before = joined.get(key) ?? { rows: 0, rowsAtOnce: 0 };
    const rows = before.rows + read.rows;
    const rowsAtOnce = before.rowsAtOnce + read.rowsAtOnce;
    joined.set(key, { table, isSequential, rows, rowsAtOnce });
  }
  return [...others, ...joined.values()];
}

/** The most rows of one table that a statement may read: a search compares a thousand users one by one. */
const maxRows = 1_500;
/** The most at once without an index: a partition of a few pages, such as that of a month with few days, is read as a whole. */
const maxSequentialRows = 500;

/** Returns what statements read that they should not, as sentences: `TABLE: ...`. */
export function unboundedReads(ran: readonly RanStatement[]): readonly string[] {
  const found = ran.flatMap(({ text, reads }) =>
    joinPartitions(reads)
      .filter(({ table }) => /^(gatehouse\w*|public)\./.test(table))
      .filter(
        ({ isSequential, rows, rowsAtOnce }) =>
          rows > maxRows || (isSequential && rowsAtOnce > maxSequentialRows),
      )
      .map(({ table, isSequential, rows }) => {
        const how = isSequential ? 'sequentially' : 'by an index';
        return `${table}: ${rows} rows read ${how} by ${text.trim().replace(/\s+/g, ' ')}`;
      }),
  );
  return [...new Set(found)];
}

const planSchema = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  Schema: z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
  'Rows Removed by Index Recheck': z.number().default(0),
  'Shared Hit Blocks': z.number().default(0),
  'Shared Read Blocks': z.number().default(0),
  'Temp Read Blocks': z.number().default(0),
  get Plans() {
    return z.array(planSchema).default([]);
  },
});
type Plan = z.infer<typeof planSchema>;

const explainedSchema = z.object({ 'Query Text': z.string(), Plan: planSchema });

/** Settings by which PostgreSQL sends the plan of each statement to the client that ran it. */
const explaining = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_verbose': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_level': 'notice',
};

/** Connects as a node, and calls `onStatement` with each statement that is run. Other connections send plans too. */
export async function connectExplained(
  { nodeUrl, adminUrl }: PostgresDatabase,
  onStatement: (statement: RanStatement) => void,
): Promise<DatabaseConnection> {
  const database = new URL(adminUrl).pathname.slice(1);
  const statements = Object.entries(explaining).map(
    ([name, value]) => `ALTER DATABASE ${database} SET ${name} = '${value}'`,
  );
  // No other role may set them.
  await runOnce(adminUrl, statements);
  const connection = connectPostgres({ url: nodeUrl, onPoolError: () => {} });
  if (connection.driver.kind !== 'postgresql') throw new Error('This is not PostgreSQL.');
  connection.driver.pool.on('connect', (client) => {
    client.on('notice', ({ message = '' }) => {
      const json = /^duration: .* plan:\n(?<json>\{.*)$/s.exec(message)?.groups?.json;
      if (json !== undefined) onStatement(toStatement(json));
    });
  });
  return connection;
}

function toStatement(json: string): RanStatement {
  const { 'Query Text': text, Plan: plan } = explainedSchema.parse(JSON.parse(json));
  return {
    text,
    reads: readsOf(plan),
    // Those of a node include those of the nodes below it.
    blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] + plan['Temp Read Blocks'],
  };
}

function readsOf(plan: Plan): TableRead[] {
  const table = plan['Relation Name'];
  const perLoop =
    plan['Actual Rows'] + plan['Rows Removed by Filter'] + plan['Rows Removed by Index Recheck'];
  const own =
    table === undefined || !plan['Node Type'].includes('Scan')
      ? []
      : [
          {
            table: `${plan.Schema}.${table}`,
            isSequential: plan['Node Type'].endsWith('Seq Scan'),
            rows: perLoop * plan['Actual Loops'],
            rowsAtOnce: perLoop,
          },
        ];
  return [...own, ...plan.Plans.flatMap(readsOf)];
}

/** Fills a migrated database that has the user `admin`, as a superuser. See the script. */
export const fillDatabase = (
  { adminUrl }: PostgresDatabase,
  sizes: { readonly users: number; readonly sessions: number },
): Promise<void> => runScripts(adminUrl, ['drop-indexes', 'fill', 'create-indexes'], sizes);

/** Adds mails to a filled database with their tables, as a superuser. See the script. */
export const fillMails = (
  { adminUrl }: PostgresDatabase,
  sizes: { readonly users: number; readonly verified: number },
): Promise<void> => runScripts(adminUrl, ['fill-mail'], sizes);

/** Adds mails and tokens whose time is over, as the bench does. See the script. */
export const addOldMails = ({ adminUrl }: PostgresDatabase): Promise<void> =>
  runScripts(adminUrl, ['old-mails'], {});

/** Fills a migrated database that has the user `admin`, for the pages of the console, as a superuser. See the script. */
export async function fillForConsole(
  { adminUrl }: PostgresDatabase,
  sizes: { readonly users: number; readonly sessions: number },
): Promise<void> {
  await runScripts(adminUrl, ['drop-indexes', 'fill-console', 'create-indexes'], sizes);
  // So that it is not done while operations are measured.
  await runOnce(adminUrl, ['VACUUM ANALYZE']);
}

/** Runs scripts of `bench/growth` in one session, with numbers in the place of their variables. */
async function runScripts(
  url: string,
  names: readonly string[],
  sizes: Readonly<Record<string, number>>,
): Promise<void> {
  const paths = names.map((name) => new URL(`../../bench/growth/${name}.sql`, import.meta.url));
  const scripts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  const toText = (script: string) =>
    Object.entries(sizes).reduce(
      (text, [size, count]) => text.replaceAll(`:${size}`, String(count)),
      script,
    );
  await runOnce(url, scripts.map(toText));
}

async function runOnce(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
