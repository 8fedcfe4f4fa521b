import type { DatabaseConnection } from '../database/connect.ts';
import { type Check, ok, warning } from '../values/check.ts';

/** What the database has left to do, or cannot do. */
export interface WorkFacts {
  /** Whether users are found by any part of a name. */
  readonly findsPartsOfNames: boolean;
  /** The number of users with sessions that are due for removal. */
  readonly dueRemovals: number;
  /** How long the oldest of them has been due. */
  readonly overdueMs: number;
}

/** Nodes look for work each minute, and remove some thousand sessions a minute. */
const toleratedMs = 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;

/** Checks the search for users and the removal of ended sessions. Pure. */
export const checkWork = ({
  findsPartsOfNames,
  dueRemovals,
  overdueMs,
}: WorkFacts): readonly Check[] => [
  ...(findsPartsOfNames
    ? []
    : [
        warning(
          'search',
          'finds users only by the beginning of a name',
          'install the extension pg_trgm, run `SELECT gatehouse.index_parts_of_names()`, and restart the nodes',
        ),
      ]),
  ...(dueRemovals === 0
    ? []
    : overdueMs <= toleratedMs
      ? [
          ok(
            'session removal',
            `in progress: ended sessions of ${dueRemovals} users are stored, due for ${Math.round(overdueMs / minuteMs)} minutes`,
          ),
        ]
      : [
          warning(
            'session removal',
            `ended sessions of ${dueRemovals} users are stored, for ${Math.floor(overdueMs / hourMs)} hours too long`,
            'check that a node is running, and its log for errors of the removal',
          ),
        ]),
];

/** Reads the facts of a migrated database. */
export async function readWork({ migrations }: DatabaseConnection): Promise<WorkFacts> {
  const [row] = await migrations.query<WorkFacts>(
    `SELECT (SELECT count(*) = 2 FROM pg_class
        WHERE relnamespace = 'gatehouse'::regnamespace
          AND relname IN ('users_username_part', 'users_display_name_part')) AS "findsPartsOfNames",
       count(*)::int AS "dueRemovals",
       COALESCE(extract(epoch FROM now() - min(due_at)) * 1000, 0)::float8 AS "overdueMs"
     FROM gatehouse.session_removals WHERE due_at <= now()`,
  );
  if (row === undefined) throw new Error('The database returned no row.');
  return row;
}
