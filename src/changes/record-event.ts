import { randomBytes } from 'node:crypto';
import { createUuidSequence } from '../composition/uuid.ts';
import type { Origin } from './origin.ts';
import type { SqlTransaction } from './sql-transaction.ts';

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

/** By the clock of the machine, like all other ids: subscriptions look up what they missed by id. */
const nextId = createUuidSequence(() => new Date(), randomBytes);

/** Records an event in the transaction of the change that it is about. */
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
