import type { Prisma } from '../../database/generated/client.ts';

/** The columns of a user, except the password's hash. */
export const userFields = {
  id: true,
  username: true,
  displayName: true,
  email: true,
  createdAt: true,
  disabledAt: true,
} as const satisfies Prisma.UserSelect;

/** The columns of a membership. */
export const membershipFields = {
  userId: true,
  group: true,
  grantedAt: true,
  grantedById: true,
  expiresAt: true,
} as const satisfies Prisma.MembershipSelect;

export type UserRecord = Prisma.UserGetPayload<{ select: typeof userFields }>;
export type MembershipRecord = Prisma.MembershipGetPayload<{ select: typeof membershipFields }>;
