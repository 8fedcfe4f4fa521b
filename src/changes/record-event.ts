import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { SqlTransaction } from '../values/sql-transaction.ts';
import { createUuidSequence } from '../values/uuid.ts';
import type { Origin } from './origin.ts';

export interface NewAuditEvent {
  readonly at: Date;
  /** The action in the form `thing.happened`. */
  readonly action: string;
  readonly subjectId: string | null;
  /** Details for readers of the audit log. Never a secret. */
  readonly detail?: string;
}

/** Uses the clock of the machine, like all ids: subscriptions look up missed events by the time in their ids. */
const nextId = createUuidSequence(() => new Date(), randomBytes);

/** The types of the columns of `insertEvent`, in their order. */
const valueTypes: readonly string[] = [
  'uuid',
  'timestamptz',
  'text',
  'gatehouse.actor_kind',
  'uuid',
  'uuid',
  'text',
  'text',
];

/** Returns the statement that inserts an event if `condition` is met. Its values start at the placeholder `first`. */
export function insertEvent(first: number, condition = 'true'): string {
  const values = valueTypes.map((type, index) => `$${first + index}::${type}`);
  return `INSERT INTO gatehouse.audit_events (id, at, action, actor_kind, actor_id, subject_id, ip, detail)
    SELECT ${values.join(', ')} WHERE ${condition}`;
}

/** Returns the values of `insertEvent`. Each call creates another event. */
export function eventValues(
  { actor, ip, via }: Origin,
  { at, action, subjectId, detail }: NewAuditEvent,
): readonly unknown[] {
  const details = [detail, via].filter((text) => text !== undefined);
  return [
    nextId(),
    at,
    action,
    actor?.kind ?? null,
    actor?.id ?? null,
    subjectId,
    ip,
    details.length === 0 ? null : details.join('; '),
  ];
}

/**
 * Quotes a text from a client for the detail of an event, so that it cannot imitate the server's own text, such as `;
 * command line`.
 */
export const quoted = (text: string): string => JSON.stringify(text);

/** An event in its transaction, by which the database can be asked what has become of that. */
export interface WrittenEvent {
  readonly eventId: string;
  /** The number of the transaction, with its epoch. */
  readonly transactionId: string;
}

/** The number of the transaction needs no further round trip. */
const insertOne = `${insertEvent(1)} RETURNING pg_current_xact_id()::text AS "transactionId"`;
const rowsSchema = z.tuple([z.object({ transactionId: z.string() })]);

/** Records an event in the transaction of its change. */
export async function recordEvent(
  transaction: SqlTransaction,
  origin: Origin,
  event: NewAuditEvent,
): Promise<WrittenEvent> {
  const values = eventValues(origin, event);
  const [{ transactionId }] = rowsSchema.parse(
    await transaction.$queryRawUnsafe(insertOne, ...values),
  );
  return { eventId: String(values[0]), transactionId };
}
