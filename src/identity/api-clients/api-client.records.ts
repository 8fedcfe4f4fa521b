import type { Prisma } from '../../database/generated/client.ts';

/** What is read of an API client: all but the secret's hash. */
export const apiClientFields = {
  id: true,
  name: true,
  groups: true,
  createdAt: true,
  disabledAt: true,
  lastUsedAt: true,
} as const satisfies Prisma.ApiClientSelect;

/** What is read of one that wants to sign in. */
export const signInFields = {
  id: true,
  groups: true,
  secretHash: true,
  lastUsedAt: true,
} as const satisfies Prisma.ApiClientSelect;

export type ApiClientRecord = Prisma.ApiClientGetPayload<{ select: typeof apiClientFields }>;
export type SignInRecord = Prisma.ApiClientGetPayload<{ select: typeof signInFields }>;
