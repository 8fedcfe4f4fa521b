import { type Origin, system, userIdOf } from '../../changes/origin.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { Page } from '../../composition/connection.ts';
import type { Group } from '../../composition/groups.ts';
import { firstUuid, isUuid } from '../../composition/uuid.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import type { SessionStoreDependencies } from '../store-dependencies.ts';
import { createAccountChanges } from './account.store.ts';
import { lockAdmins } from './last-admin.store.ts';
import { type UserRecord, type UserWithGroups, userColumns, userFields } from './user.records.ts';
import { changeUser, type UserChanges } from './user-row.store.ts';

export interface UserFilter {
  readonly search: string | undefined;
  readonly includesDisabled: boolean;
}

export interface NewUser {
  readonly username: string;
  readonly usernameKey: string;
  readonly passwordHash: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly groups: readonly Group[];
}

export type UserStore = ReturnType<typeof createUserStore>;

/** Reads and writes users. Every change is one transaction, which is committed when the function resolves. */
export function createUserStore(dependencies: SessionStoreDependencies) {
  const { database, read, write, groups, now } = dependencies;
  return {
    ...createAccountChanges(dependencies),

    findByIds: (ids: readonly string[]): Promise<UserRecord[]> =>
      database.user.findMany({ where: { id: { in: ids.filter(isUuid) } }, select: userFields }),

    findByUsername: (usernameKey: string): Promise<UserRecord | null> =>
      database.user.findUnique({ where: { usernameKey }, select: userFields }),

    /** Returns users with their groups, oldest first: one more than the page holds, if there are more. */
    async page({ limit, afterId }: Page, filter: UserFilter): Promise<UserWithGroups[]> {
      const { search, includesDisabled } = filter;
      const pattern = search === undefined ? null : toPattern(search);
      const values = [now(), afterId ?? firstUuid, includesDisabled, pattern, limit + 1];
      const rows = await read<UserWithGroups>(pageStatement, values);
      return rows.map((row) => ({ ...row, groups: groups.inEffect(row.groups) }));
    },

    isEmpty: async (): Promise<boolean> =>
      (await database.user.findFirst({ select: { id: true } })) === null,

    /** @throws {BadUserInputError} when the username is taken, or the schema has no such group. */
    async create(user: NewUser, origin: Origin): Promise<UserRecord> {
      groups.requireAll(user.groups, 'input.groups');
      return write({ origin }, (transaction, writing) =>
        insertUser(transaction, user, { ...writing, origin }),
      );
    },

    /** Creates the first user of an empty database. Returns null when there is already a user. */
    async createFirst(user: NewUser): Promise<UserRecord | null> {
      groups.requireAll(user.groups, 'input.groups');
      return write({ origin: system, lock: lockAdmins }, async (transaction, writing) => {
        const isEmpty = (await transaction.user.findFirst({ select: { id: true } })) === null;
        return isEmpty ? insertUser(transaction, user, { ...writing, origin: system }) : null;
      });
    },

    /** @throws {NotFoundError} @throws {BadUserInputError} when the username is taken. */
    update: (id: string, changes: UserChanges, origin: Origin): Promise<UserRecord> =>
      write({ origin, changing: { kind: 'USER', id } }, async (transaction, { record }) => {
        await requireFreeUsername(transaction, id, changes.usernameKey);
        const user = await changeUser(transaction, id, changes);
        const detail = Object.keys(changes)
          .filter((name) => name !== 'usernameKey')
          .join(', ');
        const event = { action: 'user.updated', subjectId: user.id, detail };
        if (detail !== '') await record(event);
        return user;
      }),
  };
}

/** At the time `$1`: `$5` users after the id `$2`, including disabled ones if `$3`, with a name like `$4` or all. */
const pageStatement = {
  name: 'gatehouse_users',
  text: `
    SELECT ${userColumns},
      array_remove(array_agg(membership."group"::text), NULL) AS groups
    FROM gatehouse.users AS member
    LEFT JOIN gatehouse.memberships AS membership ON membership.user_id = member.id
      AND (membership.expires_at IS NULL OR membership.expires_at > $1)
    WHERE member.id > $2::uuid AND ($3::boolean OR member.disabled_at IS NULL)
      AND ($4::text IS NULL OR member.username ILIKE $4 OR member.display_name ILIKE $4)
    GROUP BY member.id ORDER BY member.id LIMIT $5::int`,
};

/** Matches names that contain the text: the wildcards of LIKE are escaped. */
const toPattern = (search: string): string => `%${search.replace(/[\\%_]/g, '\\$&')}%`;

async function insertUser(
  transaction: DatabaseTransaction,
  { groups, ...user }: NewUser,
  { origin, at, record }: Writing & { readonly origin: Origin },
): Promise<UserRecord> {
  const [created] = await transaction.user.createManyAndReturn({
    data: [{ ...user, createdAt: at }],
    skipDuplicates: true,
    select: userFields,
  });
  if (created === undefined) throw usernameTaken('input.username');
  await transaction.membership.createMany({
    data: [...new Set(groups)].map((group) => ({
      userId: created.id,
      group,
      grantedAt: at,
      grantedById: userIdOf(origin),
    })),
  });
  const detail = `groups: ${groups.join(', ')}`;
  await record({ action: 'user.created', subjectId: created.id, detail });
  return created;
}

/**
 * Refuses a username that is taken. Two concurrent changes to one name violate the database's constraint, which is a
 * conflict.
 */
async function requireFreeUsername(
  transaction: DatabaseTransaction,
  id: string,
  usernameKey: string | undefined,
): Promise<void> {
  if (usernameKey === undefined) return;
  const holder = await transaction.user.findUnique({
    where: { usernameKey },
    select: { id: true },
  });
  // Clients may send ids in any case. They are stored in lower case.
  if (holder !== null && holder.id !== id.toLowerCase()) throw usernameTaken('input.username');
}

const usernameTaken = (argument: string) =>
  new BadUserInputError(argument, 'The username is already taken.');
