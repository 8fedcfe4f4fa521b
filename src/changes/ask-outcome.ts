import { setTimeout } from 'node:timers/promises';
import type { Read } from '../database/connect.ts';
import { withTimeout } from '../database/time/no-answer-error.ts';
import { withoutBudget } from '../database/time/request-budget.ts';
import type { WrittenEvent } from './record-event.ts';

/** What has become of a transaction. `unknown`: it cannot be asked, or is still in progress. */
export type TransactionOutcome = 'committed' | 'rolled back' | 'unknown';

/** Asks what has become of the transaction that wrote an event. Never rejects. */
export type AskOutcome = (written: WrittenEvent) => Promise<TransactionOutcome>;

/** How long PostgreSQL is asked, and how often. It notices within this time that a client has left. */
const patienceMs = 1_000;
const pauseMs = 50;

/**
 * The event is read too: after a failover, another transaction can have the number of one that the new primary does not
 * have.
 */
const statement = {
  name: 'gatehouse_transaction_outcome',
  text: `SELECT pg_xact_status($1::text::xid8) AS status,
    EXISTS (SELECT FROM gatehouse.audit_events WHERE id = $2::uuid) AS "hasEvent"`,
};

interface Status {
  /** Null: the number is so old that PostgreSQL has forgotten it. */
  readonly status: 'committed' | 'aborted' | 'in progress' | null;
  readonly hasEvent: boolean;
}

/** Creates the function that asks on another connection, for a second at most and whatever the time of the request. */
export function createAskOutcome(read: Read): AskOutcome {
  async function ask({ transactionId, eventId }: WrittenEvent): Promise<TransactionOutcome> {
    const [found] = await read<Status>(statement, [transactionId, eventId]);
    if (found?.status === 'aborted') return 'rolled back';
    return found?.status === 'committed' && found.hasEvent ? 'committed' : 'unknown';
  }

  async function askRepeatedly(
    written: WrittenEvent,
    isOver: () => boolean,
  ): Promise<TransactionOutcome> {
    while (!isOver()) {
      // The database may be restarting.
      const outcome = await ask(written).catch(() => 'unknown' as const);
      if (outcome !== 'unknown') return outcome;
      await setTimeout(pauseMs, undefined, { ref: false });
    }
    return 'unknown';
  }

  return async (written) => {
    let isOver = false;
    try {
      return await withoutBudget(() =>
        withTimeout(
          askRepeatedly(written, () => isOver),
          patienceMs,
        ),
      );
    } catch {
      return 'unknown';
    } finally {
      isOver = true;
    }
  };
}
