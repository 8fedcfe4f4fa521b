import type { SessionQuery } from './listen-session.ts';

/** The delays between two runs of the relay, in milliseconds. */
export interface RelayDelays {
  readonly leaderMs: number;
  readonly followerMs: number;
}

export interface RelayResult {
  readonly delayMs: number;
  readonly leads: boolean;
  /** Whether all events that were committed before the run are in batches. */
  readonly isComplete: boolean;
}

/** The leader removes old batches once in this number of runs. */
const RUNS_PER_REMOVAL = 100;

const RELAY = {
  name: 'gatehouse_relay',
  text: 'SELECT seen::text, more, true AS leads FROM gatehouse.relay_events($1::pg_snapshot)',
};

/** Also tries to become the leader. PostgreSQL releases the lock when the session ends. */
const RELAY_AND_LEAD = {
  name: 'gatehouse_relay_and_lead',
  text: `SELECT seen::text, more, pg_try_advisory_lock(72707370, 2) AS leads
    FROM gatehouse.relay_events($1::pg_snapshot)`,
};

const REMOVE_OLD = {
  name: 'gatehouse_remove_old_events',
  text: 'SELECT gatehouse.remove_old_events()',
};

interface RelayRun {
  readonly seen: string | null;
  /** Null: another node moved events at that moment. */
  readonly more: boolean | null;
  readonly leads: boolean;
}

/**
 * Creates the relay of one session: the function that moves committed events from the outbox into batches.
 *
 * Every node runs it: the leader often, the others rarely. While the leader is frozen, events arrive a little later.
 */
export function createEventRelay({ leaderMs, followerMs }: RelayDelays) {
  let seen: string | null = null;
  let leads = false;
  let runs = 0;

  return async (query: SessionQuery): Promise<RelayResult> => {
    const [run] = await query<RelayRun>(leads ? RELAY : RELAY_AND_LEAD, [seen]);
    seen = run?.seen ?? null;
    leads = run?.leads ?? false;
    runs += 1;
    if (leads && runs % RUNS_PER_REMOVAL === 0) await query(REMOVE_OLD);
    const usualDelayMs = leads ? leaderMs : followerMs;
    return {
      leads,
      delayMs: run?.more === true ? 0 : usualDelayMs,
      isComplete: run?.more === false,
    };
  };
}
