import { userColumns } from './user.records.ts';

interface SearchParts {
  /** Queries that `source` uses. */
  readonly before: string;
  /** A condition, for a column of every row: there is one without an id if the page is empty. */
  readonly isComplete: string;
}

/**
 * At the time `$1`: `$3` users of `source` with an id after `$2`. The groups of the whole page are read at once, since a
 * subquery for each user takes PostgreSQL twice as long. `createdAtMs` is a number, since the driver needs most of its time
 * for texts of times.
 */
export const usersText = (source: string, parts?: SearchParts): string => `
    WITH ${parts?.before ?? ''}page AS MATERIALIZED (
      SELECT ${userColumns} FROM ${source} AS member
      WHERE member.id > $2::uuid
      ORDER BY member.id LIMIT $3::int
    ), held AS (
      SELECT membership.user_id, string_agg(membership."group"::text, ',') AS groups
      FROM gatehouse.memberships AS membership
      WHERE membership.user_id = ANY (ARRAY(SELECT id FROM page))
        AND (membership.expires_at IS NULL OR membership.expires_at > $1)
      GROUP BY membership.user_id
    )
    SELECT page.id, page.username, page."displayName", page.email, page."disabledAt",
      round(date_part('epoch', page."createdAt") * 1000) AS "createdAtMs",
      coalesce(held.groups, '') AS "groupNames"${parts === undefined ? '' : ', whole."isComplete"'}
    FROM ${parts === undefined ? '' : `(SELECT ${parts.isComplete} AS "isComplete") AS whole LEFT JOIN `}
      ${parts === undefined ? pageWithGroups : `(${pageWithGroups}) ON true`}
    ORDER BY page.id`;

const pageWithGroups = 'page LEFT JOIN held ON held.user_id = page.id';
