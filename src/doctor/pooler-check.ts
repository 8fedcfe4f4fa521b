import type { DatabaseConnection, DatabaseOptions } from '../database/connect.ts';
import { withDatabase } from '../database/open-database.ts';
import { type Check, ok, problem, warning } from '../values/check.ts';
import { withinTime } from '../values/within-time.ts';
import { describeError } from './describe-error.ts';

const name = 'pooler';

/** What a session finds. Settings of 0 are off. */
interface SessionFacts {
  /** Of the cluster and the database in it. */
  readonly place: string;
  readonly role: string;
  readonly database: string;
  readonly withoutTimeout: readonly string[];
}

/** Checks the way around a pooler, and the timeouts that the role must have behind it. Without a pooler: no check. */
export async function checkPooler(
  database: DatabaseOptions,
  timeoutMs: number,
): Promise<readonly Check[]> {
  const { directUrl } = database;
  if (directUrl === undefined) return [];
  const alone = { ...database, replica: undefined };
  try {
    const pooled = await withinTime(timeoutMs, withDatabase(alone, readFacts));
    const around = { ...alone, url: directUrl, directUrl: undefined };
    const direct = await withinTime(timeoutMs, withDatabase(around, readFacts));
    return [comparePlaces(pooled, direct), ...checkTimeouts(pooled)];
  } catch (error) {
    const found = `DATABASE_URL or DATABASE_DIRECT_URL does not respond: ${describeError(error)}`;
    return [problem(name, found, 'start the pooler and the database, or correct the URLs')];
  }
}

const comparePlaces = (pooled: SessionFacts, direct: SessionFacts): Check =>
  pooled.place === direct.place
    ? ok(name, `${pooled.database}, also without the pooler`)
    : problem(
        name,
        'DATABASE_URL and DATABASE_DIRECT_URL lead to different databases',
        'correct one of them',
      );

function checkTimeouts({ role, database, withoutTimeout }: SessionFacts): readonly Check[] {
  const [setting] = withoutTimeout;
  if (setting === undefined) return [];
  const found = `sessions behind the pooler have no ${withoutTimeout.join(', ')}`;
  const advice = withoutTimeout
    .map((each) => `ALTER ROLE "${role}" IN DATABASE "${database}" SET ${each} = '4s';`)
    .join(' ');
  return [warning(name, found, `run: ${advice} Then reconnect the pooler`)];
}

async function readFacts({ migrations }: DatabaseConnection): Promise<SessionFacts> {
  const [row] = await migrations.query<SessionFacts>(
    `SELECT (SELECT system_identifier::text FROM pg_control_system()) || ' ' || current_database() AS place,
       current_user AS role, current_database() AS database,
       ARRAY(
         SELECT name FROM pg_settings
         WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') AND setting = '0'
         ORDER BY name DESC
       ) AS "withoutTimeout"`,
  );
  if (row === undefined) throw new Error('The database returned no row.');
  return row;
}
