import type { Page } from '../../composition/connection.ts';
import { firstUuid } from '../../composition/uuid.ts';
import type { Database } from '../../database/connect.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { type UserWithGroups, userColumns } from './user.records.ts';
import { type SearchKind, searchKindOf, toPattern } from './user-search.ts';

export interface UserFilter {
  readonly search: string | undefined;
  readonly includesDisabled: boolean;
}

/** A page of the list of users. */
export interface UserPage {
  /** One more than the page holds, if there are more. */
  readonly users: readonly UserWithGroups[];
  /** How the search was done. Null without one. */
  readonly searchedBy: SearchKind | null;
}

/** Reads pages of the list of users. */
export function createUserPages(
  dependencies: Pick<SessionStoreDependencies, 'database' | 'read' | 'groups' | 'now'>,
) {
  const { database, read, groups, now } = dependencies;
  let isIndexed: boolean | undefined;

  /** Reads once whether parts of names can be found. */
  const hasIndexOfParts = async (): Promise<boolean> => {
    isIndexed ??= await readHasIndexOfParts(database);
    return isIndexed;
  };

  async function search(
    { near, all }: SearchStatements,
    values: readonly unknown[],
    count: number,
  ): Promise<readonly UserWithGroups[]> {
    const first = await read<UserWithGroups>(near, values);
    // Without a prepared statement, PostgreSQL plans for this text.
    return first.length >= count ? first : database.$queryRawUnsafe(all, ...values);
  }

  return {
    /** Returns users with their groups, oldest first. */
    async page({ limit, afterId }: Page, filter: UserFilter): Promise<UserPage> {
      const statements = filter.includesDisabled ? allUsers : enabledUsers;
      const count = limit + 1;
      const values = [now(), afterId ?? firstUuid, count];
      const inEffect = (rows: readonly UserWithGroups[]) =>
        rows.map((row) => ({ ...row, groups: groups.inEffect(row.groups) }));
      if (filter.search === undefined) {
        const rows = await read<UserWithGroups>(statements.page, values);
        return { users: inEffect(rows), searchedBy: null };
      }
      const searchedBy = searchKindOf(filter.search, await hasIndexOfParts());
      const pattern = toPattern(filter.search, searchedBy);
      const rows = await search(statements.search, [...values, pattern], count);
      return { users: inEffect(rows), searchedBy };
    },
  };
}

/** Whether the migration could create the indexes that need the extension pg_trgm, and they are still there. */
async function readHasIndexOfParts(database: Database): Promise<boolean> {
  const found = await database.$queryRaw<object[]>`
    SELECT 1 FROM pg_catalog.pg_class JOIN pg_catalog.pg_index ON indexrelid = pg_class.oid AND indisvalid
    WHERE relnamespace = 'gatehouse'::regnamespace
      AND relname IN ('users_username_part', 'users_display_name_part')`;
  return found.length === 2;
}

/** At the time `$1`: `$3` users of `source` with an id after `$2`. */
const usersText = (source: string) => `
    SELECT ${userColumns}, ARRAY(
        SELECT membership."group" FROM gatehouse.memberships AS membership
        WHERE membership.user_id = member.id
          AND (membership.expires_at IS NULL OR membership.expires_at > $1)
      ) AS groups
    FROM ${source} AS member
    WHERE member.id > $2::uuid
    ORDER BY member.id LIMIT $3::int`;

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
    all: `
    WITH found AS MATERIALIZED (
      SELECT * FROM gatehouse.users WHERE id > $2::uuid AND ${condition} AND ${isFound}
    ) ${usersText('found')}`,
  },
});

const enabledUsers = statementsFor('gatehouse_users', 'disabled_at IS NULL');
const allUsers = statementsFor('gatehouse_all_users', 'true');
