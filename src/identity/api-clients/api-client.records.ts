import type { Prisma } from '../../database/generated/client.ts';

/** The columns of an API client, except the secret's hash. */
export const apiClientFields = {
  id: true,
  name: true,
  groups: true,
  createdAt: true,
  disabledAt: true,
  lastUsedAt: true,
} as const satisfies Prisma.ApiClientSelect;

/** The columns that signing in needs. */
export const signInFields = {
  id: true,
  groups: true,
  secretHash: true,
  lastUsedAt: true,
} as const satisfies Prisma.ApiClientSelect;

export type ApiClientRecord = Prisma.ApiClientGetPayload<{ select: typeof apiClientFields }>;
export type SignInRecord = Prisma.ApiClientGetPayload<{ select: typeof signInFields }>;
