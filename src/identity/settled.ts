import { firstUuidOf } from '../values/uuid.ts';

/** By how much the clocks of two nodes may differ: `doctor` reports more as a problem. */
const clockDifferenceMs = 5_000;

/**
 * Returns how long after the id of an event a replica, which is at most `maxLagMs` old, may not have its change.
 * `writeMs` is the maximum time from the id to the commit.
 */
export const settleMsOf = (maxLagMs: number, writeMs: number): number =>
  maxLagMs + writeMs + clockDifferenceMs;

/**
 * The column that says whether an actor has recorded no event since an id. Every change records one in its
 * transaction, so all nodes see it at once, and no other write is needed.
 */
export const settledColumn = (actor: string, sinceId: string) => `NOT EXISTS (
        SELECT 1 FROM gatehouse.audit_events AS event
        WHERE event.actor_id = ${actor} AND event.id >= ${sinceId}::uuid
      ) AS "hasSettled"`;

/** Returns the first id that is not settled. Uses the clock of the machine, like the ids of events. */
export const firstUnsettledId = (settleMs: number): string =>
  firstUuidOf(new Date(Date.now() - settleMs));
