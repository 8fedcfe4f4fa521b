/** How soon the nodes are notified of one event, while nothing else is written. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** The milliseconds from a commit until a listening connection is notified, so many times. */
export async function measureLatency(databaseUrl, times) {
  const clients = [0, 1].map(() => new pg.Client({ connectionString: databaseUrl }));
  const [writer, listener] = clients;
  await Promise.all(clients.map((client) => client.connect()));
  await listener.query('LISTEN gatehouse_events');
  const found = [];
  for (let time = 0; time < times; time += 1) {
    // At another moment between two runs of the relay each time.
    await setTimeout(30 + (time % 20));
    const notified = once(listener, 'notification');
    await writer.query('INSERT INTO bench_events (text) VALUES ($1)', ['entered']);
    const committedAtMs = performance.now();
    await notified;
    found.push(Math.max(0, performance.now() - committedAtMs));
  }
  await Promise.all(clients.map((client) => client.end()));
  return found;
}
