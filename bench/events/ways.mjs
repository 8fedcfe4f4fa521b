/** The ways to send events, and none at all: in each of them, one other process listens. */
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

const notify = `CREATE OR REPLACE FUNCTION gatehouse.send_event(topic TEXT, payload TEXT) RETURNS VOID
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('bench_events', payload);
END
$$`;

/** Creates the table, and the function that chooses how its trigger sends events, or `none`: without the trigger. */
export async function createWays(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  const listener = new pg.Client({ connectionString: databaseUrl });
  await Promise.all([client.connect(), listener.connect()]);
  await listener.query('LISTEN bench_events');
  const [{ outbox }] = (
    await client.query(
      `SELECT pg_get_functiondef('gatehouse.send_event(text, text)'::regprocedure) AS outbox`,
    )
  ).rows;
  await client.query(`
    CREATE TABLE bench_events (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), text TEXT);
    CREATE TRIGGER bench_events AFTER INSERT ON bench_events
      FOR EACH ROW EXECUTE FUNCTION gatehouse.notify_inserts('bench_events')`);
  const trigger = (state) => `ALTER TABLE bench_events ${state} TRIGGER bench_events`;
  const choices = {
    none: trigger('DISABLE'),
    notify: `${notify}; ${trigger('ENABLE')}`,
    outbox: `${outbox}; ${trigger('ENABLE')}`,
  };
  return {
    choose: (way) => client.query(choices[way]),
    async lastBatch() {
      const text = 'SELECT max(number) AS number FROM gatehouse.event_batches';
      return (await client.query(text)).rows[0].number;
    },
    /** How many events were moved to batches after the batch `last`. */
    async relayedSince(last) {
      const { rows } = await client.query(`
        SELECT coalesce(sum(array_length(string_to_array(payloads, ','), 1)), 0)::int AS count
        FROM gatehouse.event_batches WHERE topic = 'bench_events' AND number > ${last}`);
      return rows[0].count;
    },
    close: () => Promise.all([client.end(), listener.end()]),
  };
}

/** Waits until `count` events were relayed after the batch `last`. @throws {Error} when there are more, or not all in a minute. */
export async function requireAllRelayed(ways, { last, count }) {
  let relayed = 0;
  for (let tries = 0; tries < 600; tries += 1) {
    relayed = await ways.relayedSince(last);
    if (relayed === count) return;
    if (relayed > count) break;
    await setTimeout(100);
  }
  throw new Error(`${relayed} of ${count} events were relayed.`);
}
