import type {
  AccountHistory,
  HistoryRecord,
  RecordCause,
} from '../../schema/packages/account-history.ts';
import type { AuditEventRecord } from './audit.records.ts';
import type { AuditStore } from './audit.store.ts';

/** Creates what packages may read of the audit log about one account. */
export const createAccountHistory = (audit: () => Pick<AuditStore, 'page'>): AccountHistory => ({
  async read({ userId, first, afterId }) {
    const asked = { limit: first + 1, afterId: afterId ?? undefined };
    // Each has its index. The latest of both are among the latest of each.
    const found = await Promise.all([
      audit().page(asked, { subjectId: userId }),
      audit().page(asked, { actorId: userId }),
    ]);
    const events = new Map(found.flat().map((event) => [event.id, event]));
    const latest = [...events.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
    const page = latest.slice(0, first);
    const records = page
      .map((event) => toHistoryRecord(event, userId))
      // An API client can have the id of a user only if it was made so.
      .filter(({ isAboutAccount, cause }) => isAboutAccount || cause === 'ACCOUNT');
    const nextId = latest.length > first ? (page.at(-1)?.id ?? null) : null;
    return { records, nextId };
  },
});

/** Leaves out what identifies others, and details, which can name them. */
function toHistoryRecord(event: AuditEventRecord, userId: string): HistoryRecord {
  const cause = causeOf(event, userId);
  const { id, at, action, subjectId, ip } = event;
  return {
    id,
    at,
    action,
    cause,
    isAboutAccount: subjectId === userId,
    ip: cause === 'ACCOUNT' ? ip : null,
  };
}

function causeOf(
  { actorKind, actorId, ip }: Pick<AuditEventRecord, 'actorKind' | 'actorId' | 'ip'>,
  userId: string,
): RecordCause {
  if (actorKind === 'API_CLIENT') return 'API_CLIENT';
  if (actorKind === 'USER') return actorId === userId ? 'ACCOUNT' : 'ANOTHER_USER';
  // Requests have an address. A server that does not know it records none.
  return ip === null ? 'SYSTEM' : 'ANONYMOUS';
}
