import type { Origin } from '../../changes/origin.ts';
import { type NewAuditEvent, recordEvent } from '../../changes/record-event.ts';
import type { ListSource } from '../../context/replica-reads.ts';
import type { Prisma } from '../../database/generated/client.ts';
import type { IdPage } from '../id-page.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { AuditFilter } from './audit.input.ts';
import { type AuditEventRecord, eventFields } from './audit.records.ts';

export type AuditStore = ReturnType<typeof createAuditStore>;

/** Reads audit events, and records events without a change. */
export function createAuditStore(dependencies: StoreDependencies) {
  const { database, replica, now } = dependencies;
  const databases = { primary: database, replica: replica?.database ?? database };
  return {
    /** Records an event that belongs to no change, such as a failed login. */
    async record(origin: Origin, event: Omit<NewAuditEvent, 'at'>): Promise<void> {
      await recordEvent(database, origin, { ...event, at: now() });
    },

    findByIds: (ids: readonly string[]): Promise<AuditEventRecord[]> =>
      database.auditEvent.findMany({ where: { id: { in: [...ids] } }, select: eventFields }),

    /** Returns events, latest first. */
    page: (
      { limit, afterId }: IdPage,
      { sinceId, untilId, ...equal }: AuditFilter,
      source: ListSource = 'primary',
    ): Promise<AuditEventRecord[]> =>
      databases[source].auditEvent.findMany({
        where: { ...equal, id: rangeOf(sinceId, afterId, untilId) },
        orderBy: { id: 'desc' },
        take: limit,
        select: eventFields,
      }),
  };
}

/** The least of the upper bounds counts. UUIDs sort as their texts in lower case do. */
function rangeOf(
  sinceId: string | undefined,
  ...upperBounds: readonly (string | undefined)[]
): Prisma.UuidFilter {
  const [beforeId] = upperBounds.filter((id) => id !== undefined).sort();
  return {
    ...(sinceId === undefined ? {} : { gte: sinceId }),
    ...(beforeId === undefined ? {} : { lt: beforeId }),
  };
}
