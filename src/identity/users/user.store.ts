import { noticedFrom, type Origin, system, userIdOf } from '../../changes/origin.ts';
import type { Writing } from '../../changes/write-in-transaction.ts';
import type { ListSource } from '../../context/replica-reads.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError } from '../../errors.ts';
import { isUuid } from '../../values/uuid.ts';
import type { IdPage } from '../id-page.ts';
import type { Notify, StoreDependencies } from '../store-dependencies.ts';
import { leaveAnAdmin, lockAdmins } from './last-admin.store.ts';
import { leaveAHolder } from './last-holder.store.ts';
import { requireMayTakeOver } from './take-over.ts';
import type { ParsedNewUser } from './user.input.ts';
import { type UserRecord, userFields } from './user.records.ts';
import { createUserPages, type UserFilter, type UserPage } from './user-page.store.ts';
import { changeUser, requireUser, type UserChanges } from './user-row.store.ts';

/** A new user that was checked, with its hash. */
export interface ChosenUser extends Omit<ParsedNewUser, 'password'> {
  readonly passwordHash: string;
}
type NewUser = Omit<ChosenUser, 'chosenGroups'>;

export type UserStore = ReturnType<typeof createUserStore>;

/** Reads and writes users. Every change is one transaction, which is committed when the function resolves. */
export const createUserStore = (dependencies: StoreDependencies) => ({
  ...createUserReads(dependencies),
  ...createUserChanges(dependencies),
});

function createUserReads(dependencies: StoreDependencies) {
  const { database, replica } = dependencies;
  const pages = createUserPages(dependencies);
  const replicaPages = createUserPages({ ...dependencies, ...replica });
  return {
    /** Returns users with their groups, oldest first. */
    page: (page: IdPage, filter: UserFilter, source: ListSource = 'primary'): Promise<UserPage> =>
      source === 'replica' ? replicaPages.page(page, filter) : pages.page(page, filter),

    findByIds: (ids: readonly string[]): Promise<UserRecord[]> =>
      database.user.findMany({ where: { id: { in: ids.filter(isUuid) } }, select: userFields }),

    findByUsername: (usernameKey: string): Promise<UserRecord | null> =>
      database.user.findUnique({ where: { usernameKey }, select: userFields }),

    isEmpty: async (): Promise<boolean> =>
      (await database.user.findFirst({ select: { id: true } })) === null,
  };
}

function createUserChanges({
  write,
  notify,
  groups,
  requireGrantable,
  placeGrants,
}: StoreDependencies) {
  return {
    /**
     * @throws {BadUserInputError} when the username is taken, or the schema has no such group.
     * @throws {AuthorizationError} when the viewer could not grant one of `chosenGroups`.
     */
    async create({ chosenGroups, ...user }: ChosenUser, origin: Origin): Promise<UserRecord> {
      groups.requireAll(user.groups, 'input.groups');
      return write({ origin }, async (transaction, writing) => {
        await requireGrantable(origin, chosenGroups);
        const by = { origin, notify, grantedById: userIdOf(origin) };
        return insertUser(transaction, user, { ...writing, ...by });
      });
    },

    /** Creates the first user of an empty database. Returns null when there is already a user. */
    async createFirst(user: NewUser): Promise<UserRecord | null> {
      groups.requireAll(user.groups, 'input.groups');
      return write({ origin: system, lock: lockAdmins }, async (transaction, writing) => {
        const isEmpty = (await transaction.user.findFirst({ select: { id: true } })) === null;
        const by = { origin: system, notify, grantedById: null };
        return isEmpty ? insertUser(transaction, user, { ...writing, ...by }) : null;
      });
    },

    /**
     * @throws {NotFoundError} @throws {BadUserInputError} when the username is taken.
     * @throws {AuthorizationError} when the address of a user is changed whose groups the viewer could not grant.
     */
    update: (id: string, changes: UserChanges, origin: Origin): Promise<UserRecord> =>
      write({ origin, changing: { kind: 'USER', id } }, (transaction, writing) =>
        updateUser(transaction, { ...writing, id, changes, origin, notify, requireGrantable }),
      ),

    /**
     * Deletes the user with its memberships and sessions, and with rows of the project whose foreign keys cascade. The
     * user's audit events are kept. Returns the id.
     *
     * @throws {NotFoundError} @throws {ConflictError} LAST_ADMIN, LAST_HOLDER.
     * @throws {StillReferencedError} when a table of the project refers to the user, and does not cascade.
     */
    delete: (id: string, origin: Origin): Promise<string> =>
      write(
        { origin, changing: { kind: 'USER', id }, lock: lockAdmins },
        async (transaction, { record }) => {
          const user = await requireUser(transaction, id, 'id');
          const kept = placeGrants().keptGroups;
          await leaveAnAdmin(transaction, user.id, () =>
            leaveAHolder(transaction, { userId: user.id, kept }, () =>
              transaction.user.delete({ where: { id: user.id }, select: { id: true } }),
            ),
          );
          await record({ action: 'user.deleted', subjectId: user.id, detail: user.username });
          return user.id;
        },
      ),
  };
}

export interface UserUpdate
  extends Writing,
    Pick<StoreDependencies, 'notify' | 'requireGrantable'> {
  readonly id: string;
  readonly changes: UserChanges;
  readonly origin: Origin;
}

/** @throws {NotFoundError} @throws {BadUserInputError} when the username is taken. */
export async function updateUser(
  transaction: DatabaseTransaction,
  { id, changes, origin, notify, requireGrantable, at, record }: UserUpdate,
): Promise<UserRecord> {
  const account = { kind: 'USER', id } as const;
  if (changes.email !== undefined) {
    await requireMayTakeOver(transaction, { origin, account, at, requireGrantable });
  }
  await requireFreeUsername(transaction, id, changes.usernameKey);
  const before = changes.email === undefined ? undefined : await requireUser(transaction, id, 'id');
  const user = await changeUser(transaction, id, changes);
  const detail = Object.keys(changes)
    .filter((name) => name !== 'usernameKey')
    .join(', ');
  const event = { action: 'user.updated', subjectId: user.id, detail };
  if (detail !== '') await record(event);
  if (before !== undefined && before.email !== user.email) {
    const { action } = event;
    const emailBefore = before.email;
    const notice = { userId: user.id, ...noticedFrom(origin), action, at, emailBefore };
    await notify(transaction, notice);
  }
  return user;
}

interface Insertion extends Writing {
  readonly origin: Origin;
  readonly notify: Notify;
  readonly grantedById: string | null;
  /** The argument that named the user. */
  readonly argument?: string;
}

/** @throws {BadUserInputError} when the username is taken. */
export async function insertUser(
  transaction: DatabaseTransaction,
  { groups, username, usernameKey, passwordHash, displayName, email }: NewUser,
  { origin, notify, grantedById, at, record, argument = 'input.username' }: Insertion,
): Promise<UserRecord> {
  const [created] = await transaction.user.createManyAndReturn({
    data: [{ username, usernameKey, passwordHash, displayName, email, createdAt: at }],
    skipDuplicates: true,
    select: userFields,
  });
  if (created === undefined) throw usernameTaken(argument);
  await transaction.membership.createMany({
    data: [...new Set(groups)].map((group) => ({
      userId: created.id,
      group,
      grantedAt: at,
      grantedById,
    })),
  });
  const detail = `groups: ${groups.join(', ') || 'none'}`;
  const action = 'user.created';
  await record({ action, subjectId: created.id, detail });
  await notify(transaction, { userId: created.id, ...noticedFrom(origin), action, at });
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
