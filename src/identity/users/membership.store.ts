import { noticedFrom, type Origin, userIdOf } from '../../changes/origin.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError, ConflictError } from '../../errors.ts';
import type { Group, Groups } from '../../values/groups.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { leaveAnAdmin, lockAdmins } from './last-admin.store.ts';
import { type MembershipRecord, membershipFields, type UserRecord } from './user.records.ts';
import { requireUser } from './user-row.store.ts';

/** The source of memberships that were granted by hand. Others are named for the package that gives them. */
const byHand = '';

export interface Grant {
  readonly userId: string;
  readonly group: Group;
  /** When the membership expires. Null: never. */
  readonly expiresAt: Date | null;
}

/** Reads and writes memberships. Every change is one transaction. */
export const createMembershipStore = (dependencies: StoreDependencies) => ({
  ...createMembershipReads(dependencies),
  ...createGrants(dependencies),
  ...createRevocations(dependencies),
});

const createMembershipReads = ({ database, now }: StoreDependencies) => ({
  /** Returns the current memberships of many users. */
  findActiveOf: (userIds: readonly string[]): Promise<MembershipRecord[]> =>
    database.membership.findMany({
      where: {
        userId: { in: [...userIds] },
        OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }],
      },
      orderBy: [{ userId: 'asc' }, { group: 'asc' }, { source: 'asc' }],
      select: membershipFields,
    }),
});

/** The terms of a change of a user's groups. */
const termsOf = (userId: string, group: Group, origin: Origin) => ({
  origin,
  changing: { kind: 'USER', id: userId } as const,
  ...(group === 'ADMIN' ? { lock: lockAdmins } : {}),
});

const createGrants = ({ write, notify, groups }: StoreDependencies) => ({
  /**
   * Grants a group. Granting it again replaces its expiry alone, so that no grace which counts from the
   * grant begins again. One that has expired is granted as if for the first time.
   *
   * @throws {BadUserInputError} when the schema has no such group, or the expiry is not in the future.
   * @throws {NotFoundError} @throws {ConflictError} LAST_ADMIN, when the last ADMIN would expire.
   */
  grant: async ({ userId, group, expiresAt }: Grant, origin: Origin): Promise<UserRecord> => {
    groups.requireAll([group], 'group');
    return write(termsOf(userId, group, origin), async (transaction, { at, record }) => {
      const user = await requireUser(transaction, userId, 'userId');
      const granted = { expiresAt, grantedById: userIdOf(origin), grantedAt: at };
      requireLaterEnd(granted);
      const { change } = await prepareGrant(transaction, { userId, group, ...granted });
      await (group === 'ADMIN' ? leaveAnAdmin(transaction, user.id, change) : change());
      const action = 'membership.granted';
      const detail = expiresAt === null ? group : `${group} until ${expiresAt.toISOString()}`;
      await record({ action, subjectId: user.id, detail });
      await notify(transaction, { userId: user.id, ...noticedFrom(origin), action, at });
      return user;
    });
  },
});

const createRevocations = ({ write, groups }: StoreDependencies) => ({
  /**
   * Revokes a group that was granted by hand. Does nothing when the user is not in it.
   *
   * @throws as `grant` does. @throws {ConflictError} GROUP_IMPLIED, when another group of the user implies this one
   *   and it was not granted; GROUP_FROM_SOURCE, when a package alone gives it.
   */
  revoke: (userId: string, group: Group, origin: Origin): Promise<UserRecord> =>
    write(termsOf(userId, group, origin), async (transaction, { at, record }) => {
      groups.requireAll([group], 'group');
      const user = await requireUser(transaction, userId, 'userId');
      const granted = await transaction.membership.findMany({
        where: { userId, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
        select: { group: true, source: true },
      });
      requireNotImplied(groups, group, new Set(granted.map((each) => each.group)));
      requireByHand(group, granted);
      const change = () =>
        transaction.membership.deleteMany({ where: { userId, group, source: byHand } });
      const { count } = await (group === 'ADMIN'
        ? leaveAnAdmin(transaction, user.id, change)
        : change());
      if (count === 0) return user;
      await record({ action: 'membership.revoked', subjectId: user.id, detail: group });
      return user;
    }),
});

/**
 * Returns whether a user holds a group by hand without an end, and the function that grants it. A membership that is held
 * keeps the time of its grant: a grace that counts from it does not begin again.
 */
export async function prepareGrant(
  transaction: DatabaseTransaction,
  { userId, group, ...granted }: Omit<MembershipRecord, 'source'>,
) {
  const { expiresAt, grantedAt } = granted;
  const where = { userId_group_source: { userId, group, source: byHand } };
  const end = (await transaction.membership.findUnique({ where }))?.expiresAt;
  const isPermanent = end === null;
  const isHeld = isPermanent || (end !== undefined && end > grantedAt);
  return {
    isPermanent,
    change: () =>
      transaction.membership.upsert({
        where,
        create: { userId, group, ...granted },
        update: isHeld ? { expiresAt } : granted,
      }),
  };
}

/** @throws {ConflictError} GROUP_IMPLIED. `granted` are the current groups as granted. */
export function requireNotImplied(groups: Groups, group: Group, granted: ReadonlySet<Group>): void {
  if (granted.has(group)) return;
  const impliedBy = groups
    .inSchemaOrder(granted)
    .find((each) => groups.impliedBy(each).includes(group));
  if (impliedBy === undefined) return;
  throw new ConflictError(
    'GROUP_IMPLIED',
    `${group} was not granted: ${impliedBy} implies it. Revoke ${impliedBy} instead.`,
    { facts: { impliedBy } },
  );
}

/** @throws {ConflictError} GROUP_FROM_SOURCE: it would stay. */
function requireByHand(
  group: Group,
  held: readonly Pick<MembershipRecord, 'group' | 'source'>[],
): void {
  const sources = held.filter((each) => each.group === group).map(({ source }) => source);
  const [source] = sources;
  if (source === undefined || sources.includes(byHand)) return;
  throw new ConflictError(
    'GROUP_FROM_SOURCE',
    `${group} was not granted here: it comes from ${source}. Take it away there.`,
    { facts: { source } },
  );
}

/** The maximum expiry: RFC 3339 has years of four digits, so a later time could be stored, but not sent. */
const lastMoment = new Date('9999-12-31T23:59:59.999Z');

/** @throws {BadUserInputError} when a membership would end before its grant, or cannot be sent. */
export function requireLaterEnd({
  grantedAt,
  expiresAt,
}: Pick<MembershipRecord, 'grantedAt' | 'expiresAt'>) {
  if (expiresAt === null) return;
  if (expiresAt > grantedAt && expiresAt <= lastMoment) return;
  throw new BadUserInputError(
    'expiresAt',
    '`expiresAt` must be in the future and before the year 10000.',
  );
}
