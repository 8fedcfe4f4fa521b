import type { DatabaseTransaction } from '../../database/connect.ts';
import type { Prisma } from '../../database/generated/client.ts';
import type { Page } from '../connection.ts';
import type { StoreDependencies } from '../user/user.store.ts';
import { firstUuidOf } from '../uuid.ts';
import { createPruneAudit } from './audit-prune.store.ts';
import type { Origin } from './origin.ts';

const eventFields = {
  id: true,
  at: true,
  action: true,
  actorKind: true,
  actorId: true,
  subjectId: true,
  ip: true,
  detail: true,
} as const satisfies Prisma.AuditEventSelect;

/** An event as resolvers get it. */
export type AuditEventRecord = Prisma.AuditEventGetPayload<{ select: typeof eventFields }>;

/** What is written down of one event. */
export interface NewAuditEvent {
  readonly at: Date;
  /** What happened, as `thing.happened`. */
  readonly action: string;
  /** Whom or what it was done to. */
  readonly subjectId: string | null;
  /** More about it, for a person to read. Never a secret. */
  readonly detail?: string;
}

/** Writes an event down, in the transaction of what it tells: neither is there without the other. */
export async function recordEvent(
  transaction: Pick<DatabaseTransaction, 'auditEvent'>,
  { actor, ip, via }: Origin,
  event: NewAuditEvent,
): Promise<void> {
  const details = [event.detail, via].filter((text) => text !== undefined);
  await transaction.auditEvent.create({
    data: {
      ...event,
      detail: details.length === 0 ? null : details.join('; '),
      actorKind: actor?.kind ?? null,
      actorId: actor?.id ?? null,
      ip,
    },
    select: { id: true },
  });
}

export type AuditStore = ReturnType<typeof createAuditStore>;

/** Reads what has happened. */
export function createAuditStore(dependencies: StoreDependencies) {
  const { database, now } = dependencies;
  return {
    prune: createPruneAudit(dependencies),

    /** An event that no other change goes with, such as a refused login. */
    record: (origin: Origin, event: Omit<NewAuditEvent, 'at'>): Promise<void> =>
      recordEvent(database, origin, { ...event, at: now() }),

    findByIds: (ids: readonly string[]): Promise<AuditEventRecord[]> =>
      database.auditEvent.findMany({ where: { id: { in: [...ids] } }, select: eventFields }),

    /** The ids that were made since then, in their order, and `limit` of them at most. */
    findIdsSince: async (since: Date, limit: number): Promise<string[]> => {
      const events = await database.auditEvent.findMany({
        where: { id: { gte: firstUuidOf(since) } },
        orderBy: { id: 'asc' },
        take: limit,
        select: { id: true },
      });
      return events.map(({ id }) => id);
    },

    /** Events, latest first; one more than the page holds, if there is one. */
    page: ({ limit, afterId }: Page, action: string | undefined): Promise<AuditEventRecord[]> =>
      database.auditEvent.findMany({
        where: {
          ...(afterId === undefined ? {} : { id: { lt: afterId } }),
          ...(action === undefined ? {} : { action }),
        },
        orderBy: { id: 'desc' },
        take: limit + 1,
        select: eventFields,
      }),
  };
}
