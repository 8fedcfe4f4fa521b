import type { Prisma } from '../../database/generated/client.ts';
import type { Group } from '../../values/groups.ts';

/** The columns of a user, except the password's hash. */
export const userFields = {
  id: true,
  username: true,
  displayName: true,
  email: true,
  createdAt: true,
  disabledAt: true,
} as const satisfies Prisma.UserSelect;

export const membershipFields = {
  userId: true,
  group: true,
  source: true,
  grantedAt: true,
  grantedById: true,
  expiresAt: true,
} as const satisfies Prisma.MembershipSelect;

export type UserRecord = Prisma.UserGetPayload<{ select: typeof userFields }>;

/** A user and its groups in effect, read in one statement. In schema order, without groups that the schema lacks. */
export interface UserWithGroups extends UserRecord {
  readonly groups: readonly Group[];
}

export type UserParent = UserRecord | UserWithGroups;

/** The columns of a `UserRecord`, of `gatehouse.users AS member`, for statements without Prisma. */
export const userColumns = `member.id, member.username, member.display_name AS "displayName", member.email,
      member.created_at AS "createdAt", member.disabled_at AS "disabledAt"`;
export type MembershipRecord = Prisma.MembershipGetPayload<{ select: typeof membershipFields }>;
