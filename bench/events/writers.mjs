/** Writers that insert one row in each transaction, each on a connection of its own. */
import pg from 'pg';

const insert = {
  name: 'insert',
  text: 'INSERT INTO bench_events (text) VALUES ($1)',
  values: ['entered'],
};

/** How many transactions are committed in some seconds. */
export async function countCommits(databaseUrl, { writers, seconds }) {
  const clients = Array.from(
    { length: writers },
    () => new pg.Client({ connectionString: databaseUrl }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  const endAtMs = performance.now() + seconds * 1000;
  const counts = await Promise.all(clients.map((client) => writeUntil(client, endAtMs)));
  await Promise.all(clients.map((client) => client.end()));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function writeUntil(client, endAtMs) {
  let count = 0;
  while (performance.now() < endAtMs) {
    await client.query(insert);
    count += 1;
  }
  return count;
}
