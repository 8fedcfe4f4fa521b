import type { Page } from '../../composition/connection.ts';
import { firstUuid } from '../../composition/uuid.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { type UserWithGroups, userColumns } from './user.records.ts';

export interface UserFilter {
  readonly search: string | undefined;
  readonly includesDisabled: boolean;
}

/** Reads pages of the list of users. */
export function createUserPages({
  read,
  groups,
  now,
}: Pick<SessionStoreDependencies, 'read' | 'groups' | 'now'>) {
  return {
    /** Returns users with their groups, oldest first: one more than the page holds, if there are more. */
    async page({ limit, afterId }: Page, filter: UserFilter): Promise<UserWithGroups[]> {
      const { search, includesDisabled } = filter;
      const values = [now(), afterId ?? firstUuid, limit + 1];
      const pages = includesDisabled ? allUsers : enabledUsers;
      const rows =
        search === undefined
          ? await read<UserWithGroups>(pages.whole, values)
          : await read<UserWithGroups>(pages.searched, [...values, toPattern(search)]);
      return rows.map((row) => ({ ...row, groups: groups.inEffect(row.groups) }));
    },
  };
}

/** At the time `$1`: `$3` users after the id `$2` that match `condition`. */
const usersText = (condition: string) => `
    SELECT ${userColumns}, ARRAY(
        SELECT membership."group" FROM gatehouse.memberships AS membership
        WHERE membership.user_id = member.id
          AND (membership.expires_at IS NULL OR membership.expires_at > $1)
      ) AS groups
    FROM gatehouse.users AS member
    WHERE member.id > $2::uuid ${condition}
    ORDER BY member.id LIMIT $3::int`;

const isEnabled = 'AND member.disabled_at IS NULL';
const isFound = 'AND (member.username ILIKE $4 OR member.display_name ILIKE $4)';

/** Separate statements, because a partial index serves the enabled users. */
const enabledUsers = {
  whole: { name: 'gatehouse_users', text: usersText(isEnabled) },
  searched: { name: 'gatehouse_users_searched', text: usersText(`${isEnabled} ${isFound}`) },
};
const allUsers = {
  whole: { name: 'gatehouse_all_users', text: usersText('') },
  searched: { name: 'gatehouse_all_users_searched', text: usersText(isFound) },
};

/** Matches names that contain the text: the wildcards of LIKE are escaped. */
const toPattern = (search: string): string => `%${search.replace(/[\\%_]/g, '\\$&')}%`;
