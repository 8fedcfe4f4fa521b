import { listenerName } from '../database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../database/connect.ts';
import { type Check, ok, warning } from '../values/check.ts';

/** What the database has left to do, or cannot do, and who does it. */
export interface WorkFacts {
  /** The number of nodes that listen for events. Null: this process alone can use the database. */
  readonly nodes: number | null;
  /** The number of events that no node has sent yet, counted up to `mostEvents`. */
  readonly waitingEvents: number;
  /** Whether users are found by any part of a name. */
  readonly findsPartsOfNames: boolean;
  /** The number of users with sessions that are due for removal, counted up to `mostRemovals`. */
  readonly dueRemovals: number;
  /** How long the oldest of them has been due. */
  readonly overdueMs: number;
}

/** Nodes look for work each minute, and remove some thousand sessions a minute. */
const toleratedMs = 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;

/** What the leader sends in two runs. */
const toleratedEvents = 10_000;

/** Rows are counted one by one, and there can be millions. */
const mostEvents = toleratedEvents + 1;
const mostRemovals = 1_001;

/** Formats a number that was counted up to `most`. */
const countedTo = (most: number, count: number): string =>
  count < most ? `${count}` : `more than ${most - 1}`;

/** Checks the nodes, their events, the search for users and the removal of ended sessions. Pure. */
export const checkWork = ({
  nodes,
  waitingEvents,
  findsPartsOfNames,
  dueRemovals,
  overdueMs,
}: WorkFacts): readonly Check[] => [
  ...(nodes === null ? [] : [ok('nodes', `${nodes === 0 ? 'none' : nodes} connected`)]),
  ...(nodes !== 0 && waitingEvents > toleratedEvents
    ? [
        warning(
          'events',
          `${countedTo(mostEvents, waitingEvents)} are not sent yet`,
          'check the log of the nodes for errors of events',
        ),
      ]
    : [
        ok(
          'events',
          `${waitingEvents === 0 ? 'none' : countedTo(mostEvents, waitingEvents)} to be sent`,
        ),
      ]),
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
            `in progress: ended sessions of ${countedTo(mostRemovals, dueRemovals)} users are stored, due for ${Math.round(overdueMs / minuteMs)} minutes`,
          ),
        ]
      : [
          warning(
            'session removal',
            `ended sessions of ${countedTo(mostRemovals, dueRemovals)} users are stored, for ${Math.floor(overdueMs / hourMs)} hours too long`,
            'check that a node is running, and its log for errors of the removal',
          ),
        ]),
];

/** Reads the facts of a migrated database. */
export async function readWork({ kind, migrations }: DatabaseConnection): Promise<WorkFacts> {
  const [row] = await migrations.query<WorkFacts>(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM gatehouse.outbox LIMIT ${mostEvents}) AS few) AS "waitingEvents",
       (SELECT count(*)::int FROM pg_stat_activity
        WHERE application_name = '${listenerName}' AND datname = current_database()) AS nodes,
       (SELECT count(*) = 2 FROM pg_class
        WHERE relnamespace = 'gatehouse'::regnamespace
          AND relname IN ('users_username_part', 'users_display_name_part')) AS "findsPartsOfNames",
       count(*)::int AS "dueRemovals",
       COALESCE(extract(epoch FROM now() - min(due_at)) * 1000, 0)::float8 AS "overdueMs"
     FROM (
       SELECT due_at FROM gatehouse.session_removals WHERE due_at <= now() ORDER BY due_at LIMIT ${mostRemovals}
     ) AS due`,
  );
  if (row === undefined) throw new Error('The database returned no row.');
  return kind === 'embedded' ? { ...row, nodes: null } : row;
}
