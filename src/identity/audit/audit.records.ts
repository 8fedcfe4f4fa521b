import type { Prisma } from '../../database/generated/client.ts';

export const eventFields = {
  id: true,
  at: true,
  action: true,
  actorKind: true,
  actorId: true,
  subjectId: true,
  ip: true,
  detail: true,
} as const satisfies Prisma.AuditEventSelect;

export type AuditEventRecord = Prisma.AuditEventGetPayload<{ select: typeof eventFields }>;
