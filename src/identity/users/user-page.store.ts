import type { Database } from '../../database/connect.ts';
import type { Group } from '../../values/groups.ts';
import { firstUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import type { UserRecord, UserWithGroups } from './user.records.ts';
import {
  type SearchBounds,
  type SearchKind,
  type SearchStatements,
  searchBounds,
  searchKindOf,
  searchStatements,
  toPattern,
} from './user-search.ts';
import { usersText } from './users-text.ts';

/** The users of a state, or those to whom `group` was granted. */
export type UserFilter =
  | {
      readonly search: string | undefined;
      /** Whether the search also finds whole e-mail addresses. */
      readonly includesEmail: boolean;
      readonly state: 'enabled' | 'disabled' | 'any';
    }
  | { readonly group: Group };

export interface UserPage {
  readonly users: readonly UserWithGroups[];
  /** How the search was done. Null without one. */
  readonly searchedBy: SearchKind | null;
  /** Whether all users that a search finds are on this page or the following ones. */
  readonly isComplete: boolean;
}

interface UserRow extends Omit<UserRecord, 'createdAt'> {
  readonly createdAtMs: number;
  /** With commas between them, which no name has. */
  readonly groupNames: string;
}

/** A row of a search by indexes. Without users there is one row, without an id. */
type FoundRow = { readonly isComplete: boolean } & (UserRow | { readonly id: null });

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
  bounds: SearchBounds = searchBounds,
) {
  const { database, read, groups, now } = dependencies;
  const statementsOf = {
    enabled: statementsFor('gatehouse_users', 'disabled_at IS NULL', bounds),
    disabled: statementsFor('gatehouse_disabled_users', 'disabled_at IS NOT NULL', bounds),
    any: statementsFor('gatehouse_all_users', 'true', bounds),
  };
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
    kind: SearchKind,
    values: readonly [Date, string, number, string, string | null],
  ): Promise<Pick<UserPage, 'users' | 'isComplete'>> {
    const first = await read<UserRow>(near, values);
    if (first.length >= values[2]) return { users: toUsers(first), isComplete: true };
    // Without a prepared statement, PostgreSQL plans for this text.
    const found = await database.$queryRawUnsafe<FoundRow[]>(all[kind], ...values);
    const rows = found.filter((row): row is FoundRow & UserRow => row.id !== null);
    return { users: toUsers(rows), isComplete: found[0]?.isComplete ?? true };
  }

  return {
    /** Returns users with their groups, oldest first. */
    async page({ limit, afterId }: IdPage, filter: UserFilter): Promise<UserPage> {
      const values = [now(), afterId ?? firstUuid, limit] as const;
      if ('group' in filter) {
        const rows = await read<UserRow>(members, [...values, filter.group]);
        return { users: toUsers(rows), searchedBy: null, isComplete: true };
      }
      const statements = statementsOf[filter.state];
      if (filter.search === undefined) {
        const rows = await read<UserRow>(statements.page, values);
        return { users: toUsers(rows), searchedBy: null, isComplete: true };
      }
      const searchedBy = searchKindOf(filter.search, await hasIndexOfParts());
      const pattern = toPattern(filter.search, searchedBy);
      const terms = [...values, pattern, filter.includesEmail ? filter.search : null] as const;
      const { users, isComplete } = await search(statements.search, searchedBy, terms);
      return { users, searchedBy, isComplete };
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

/** The statements for users that match `condition`. They are separate, because partial indexes serve the conditions. */
const statementsFor = (name: string, condition: string, bounds: SearchBounds) => ({
  page: { name, text: usersText(`(SELECT * FROM gatehouse.users WHERE ${condition})`) },
  search: searchStatements(name, condition, bounds),
});

/**
 * The users with a membership in the group `$4` that has not expired, in the order of the index of memberships. `LATERAL`
 * with `OFFSET 0` keeps PostgreSQL from going through all users instead, of whom few may be members.
 */
const members = {
  name: 'gatehouse_members',
  text: usersText(`(
        SELECT DISTINCT ON (granted.user_id) of_group.* FROM gatehouse.memberships AS granted
        CROSS JOIN LATERAL (SELECT * FROM gatehouse.users WHERE id = granted.user_id OFFSET 0) AS of_group
        WHERE granted."group" = $4 AND granted.user_id > $2::uuid
          AND (granted.expires_at IS NULL OR granted.expires_at > $1)
        ORDER BY granted.user_id LIMIT $3::int)`),
};
