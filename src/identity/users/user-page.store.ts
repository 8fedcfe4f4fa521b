import type { Database } from '../../database/connect.ts';
import type { Group } from '../../values/groups.ts';
import { firstUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { type UserRecord, type UserWithGroups, userColumns } from './user.records.ts';

/** How the text of a search is compared with names. */
export type SearchKind = 'CONTAINS' | 'BEGINS_WITH';

/** All users, or those to whom `group` was granted. */
export type UserFilter =
  | { readonly search: string | undefined; readonly includesDisabled: boolean }
  | { readonly group: Group };

/** A page of the list of users. */
export interface UserPage {
  readonly users: readonly UserWithGroups[];
  /** How the search was done. Null without one. */
  readonly searchedBy: SearchKind | null;
}

interface UserRow extends Omit<UserRecord, 'createdAt'> {
  readonly createdAtMs: number;
  /** With commas between them, which no name has. */
  readonly groupNames: string;
}

/** Copies each column by its name: for a page of rows, `...` takes several times as long. */
const toUser = (row: UserRow, groups: readonly Group[]): UserWithGroups => ({
  id: row.id,
  username: row.username,
  displayName: row.displayName,
  email: row.email,
  createdAt: new Date(row.createdAtMs),
  disabledAt: row.disabledAt,
  groups,
});

/** Reads pages of the list of users. */
export function createUserPages(
  dependencies: Pick<SessionStoreDependencies, 'database' | 'read' | 'groups' | 'now'>,
) {
  const { database, read, groups, now } = dependencies;
  let isIndexed: boolean | undefined;

  /** Many users of a page have the same groups, which are computed once. */
  function toUsers(rows: readonly UserRow[]): readonly UserWithGroups[] {
    const inEffect = new Map<string, readonly Group[]>();
    return rows.map((row) => {
      const held = inEffect.get(row.groupNames) ?? groups.inEffect(row.groupNames.split(','));
      inEffect.set(row.groupNames, held);
      return toUser(row, held);
    });
  }

  /** Reads once whether parts of names can be found. */
  const hasIndexOfParts = async (): Promise<boolean> => {
    isIndexed ??= await readHasIndexOfParts(database);
    return isIndexed;
  };

  async function search(
    { near, all }: SearchStatements,
    values: readonly unknown[],
    count: number,
  ): Promise<readonly UserRow[]> {
    const first = await read<UserRow>(near, values);
    // Without a prepared statement, PostgreSQL plans for this text.
    return first.length >= count ? first : database.$queryRawUnsafe(all, ...values);
  }

  return {
    /** Returns users with their groups, oldest first. */
    async page({ limit, afterId }: IdPage, filter: UserFilter): Promise<UserPage> {
      const values = [now(), afterId ?? firstUuid, limit];
      if ('group' in filter) {
        const rows = await read<UserRow>(members, [...values, filter.group]);
        return { users: toUsers(rows), searchedBy: null };
      }
      const statements = filter.includesDisabled ? allUsers : enabledUsers;
      if (filter.search === undefined) {
        const rows = await read<UserRow>(statements.page, values);
        return { users: toUsers(rows), searchedBy: null };
      }
      const searchedBy = searchKindOf(filter.search, await hasIndexOfParts());
      const pattern = toPattern(filter.search, searchedBy);
      const rows = await search(statements.search, [...values, pattern], limit);
      return { users: toUsers(rows), searchedBy };
    },
  };
}

/** The shortest sequence of letters and digits that the index of parts of names can find. */
const indexed = /[\p{L}\p{N}]{3}/u;

/**
 * Returns how a text is compared. Parts of names are found only where the database has their index, and only by a text
 * that the index can find: any other one would have to be compared with every user.
 */
export const searchKindOf = (search: string, hasIndexOfParts: boolean): SearchKind =>
  hasIndexOfParts && indexed.test(search) ? 'CONTAINS' : 'BEGINS_WITH';

/** Returns a pattern of LIKE, in which the wildcards of the text are escaped. */
export function toPattern(search: string, kind: SearchKind): string {
  const text = search.replace(/[\\%_]/g, '\\$&');
  return kind === 'CONTAINS' ? `%${text}%` : `${text}%`;
}

/** Whether the migration could create the indexes that need the extension pg_trgm, and they are still there. */
async function readHasIndexOfParts(database: Database): Promise<boolean> {
  const found = await database.$queryRaw<object[]>`
    SELECT 1 FROM pg_catalog.pg_class JOIN pg_catalog.pg_index ON indexrelid = pg_class.oid AND indisvalid
    WHERE relnamespace = 'gatehouse'::regnamespace
      AND relname IN ('users_username_part', 'users_display_name_part')`;
  return found.length === 2;
}

/**
 * At the time `$1`: `$3` users of `source` with an id after `$2`. The groups of the whole page are read at once, since a
 * subquery for each user takes PostgreSQL twice as long. `createdAtMs` is a number, since the driver needs most of its time
 * for texts of times.
 */
const usersText = (source: string) => `
    WITH page AS MATERIALIZED (
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
      coalesce(held.groups, '') AS "groupNames"
    FROM page LEFT JOIN held ON held.user_id = page.id
    ORDER BY page.id`;

/** The expressions are those of the indexes. */
const isFound = '(lower(username) LIKE lower($4) OR lower(display_name) LIKE lower($4))';

/** How many users are compared one by one before an index is used. */
const nearUsers = 1_000;

/** Two statements for a search, by a pattern `$4`. */
interface SearchStatements {
  /** Compares only the next users, which is fast for a text that many names have: an index would find all of them. */
  readonly near: { readonly name: string; readonly text: string };
  /** Finds all users by the indexes, which is fast for a text that few names have. */
  readonly all: string;
}

/** The statements for users that match `condition`. They are separate, because a partial index serves enabled users. */
const statementsFor = (name: string, condition: string) => ({
  page: { name, text: usersText(`(SELECT * FROM gatehouse.users WHERE ${condition})`) },
  search: {
    near: {
      name: `${name}_near`,
      text: usersText(`(
        SELECT * FROM (
          SELECT * FROM gatehouse.users WHERE id > $2::uuid AND ${condition}
          ORDER BY id LIMIT ${nearUsers}
        ) AS near WHERE ${isFound})`),
    },
    all: usersText(`(
        WITH found AS MATERIALIZED (
          SELECT * FROM gatehouse.users WHERE id > $2::uuid AND ${condition} AND ${isFound}
        )
        SELECT * FROM found)`),
  },
});

const enabledUsers = statementsFor('gatehouse_users', 'disabled_at IS NULL');
const allUsers = statementsFor('gatehouse_all_users', 'true');

/**
 * The users with a membership in the group `$4` that has not expired, in the order of the index of memberships. `LATERAL`
 * with `OFFSET 0` keeps PostgreSQL from going through all users instead, of whom few may be members.
 */
const members = {
  name: 'gatehouse_members',
  text: usersText(`(
        SELECT of_group.* FROM gatehouse.memberships AS granted
        CROSS JOIN LATERAL (SELECT * FROM gatehouse.users WHERE id = granted.user_id OFFSET 0) AS of_group
        WHERE granted."group" = $4 AND granted.user_id > $2::uuid
          AND (granted.expires_at IS NULL OR granted.expires_at > $1)
        ORDER BY granted.user_id LIMIT $3::int)`),
};
