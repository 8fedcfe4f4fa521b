import { randomBytes } from 'node:crypto';
import { createUuidSequence } from '../composition/uuid.ts';
import type { Origin } from './origin.ts';
import type { SqlTransaction } from './sql-transaction.ts';

/** One event of the audit log. */
export interface NewAuditEvent {
  readonly at: Date;
  /** The action in the form `thing.happened`. */
  readonly action: string;
  /** The id of the changed record. */
  readonly subjectId: string | null;
  /** Details for readers of the audit log. Never a secret. */
  readonly detail?: string;
}

/** Uses the clock of the machine, like all ids: subscriptions look up missed events by the time in their ids. */
const nextId = createUuidSequence(() => new Date(), randomBytes);

/** Records an event in the transaction of its change. */
export async function recordEvent(
  transaction: SqlTransaction,
  { actor, ip, via }: Origin,
  { at, action, subjectId, detail }: NewAuditEvent,
): Promise<void> {
  const details = [detail, via].filter((text) => text !== undefined);
  await transaction.$queryRawUnsafe(
    `INSERT INTO gatehouse.audit_events (id, at, action, actor_kind, actor_id, subject_id, ip, detail)
     VALUES ($1::uuid, $2::timestamptz, $3, $4::gatehouse.actor_kind, $5::uuid, $6::uuid, $7, $8)`,
    nextId(),
    at,
    action,
    actor?.kind ?? null,
    actor?.id ?? null,
    subjectId,
    ip,
    details.length === 0 ? null : details.join('; '),
  );
}
