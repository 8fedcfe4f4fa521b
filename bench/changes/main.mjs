/**
 * What serializable changes cost, by `npm run bench -- changes`, on the PostgreSQL server at TEST_DATABASE_URL: changes
 * a second of `updateRoom`, whose id names a row, of two servers over one database in turn. The first one is as shipped,
 * the other one leaves out the statement that makes the transactions serializable. Each client is a user of its own, and
 * changes a room of its own, or all change the same room.
 *
 *   --quick   one short round of each: its figures are worth little
 */
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantile } from '../authorization/measure.mjs';
import { createWorld } from '../load/servers.mjs';
import { ask, logIn, query } from '../server.mjs';

const clients = 16;
const document = `mutation ($id: ID!, $input: RoomInput!) { updateRoom(id: $id, input: $input) { id } }`;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { rounds, seconds } = values.quick ? { rounds: 1, seconds: 1 } : { rounds: 10, seconds: 3 };
const serverUrl = process.env.TEST_DATABASE_URL;
if (serverUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server.\n');
  process.exit(1);
}

const preload = fileURLToPath(new URL('read-committed.mjs', import.meta.url));
const world = await createWorld(serverUrl, {
  LOG_LEVEL: 'error',
  LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
});
const before = loadavg()[0];
try {
  const serializable = await world.startGatehouse();
  const readCommitted = await world.startGatehouse(['--import', preload]);
  try {
    const people = await createPeople(serializable.url);
    const urls = { serializable: serializable.url, readCommitted: readCommitted.url };
    for (const rows of ['disjoint', 'same']) report(rows, await measure(urls, { people, rows }));
  } finally {
    await Promise.all([serializable.stop(), readCommitted.stop()]);
  }
} finally {
  await world.close();
}
process.stdout.write(
  `load average ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after\n`,
);

/** Managers who have logged in, each with a room, among 1,000 others: PostgreSQL reads a small table as a whole. */
async function createPeople(url) {
  const admin = await logIn(url, 'admin', world.password);
  await query(
    world.databaseUrl,
    `INSERT INTO rooms (id, name, floor, groups)
     SELECT gen_random_uuid(), 'Room ' || n, 1, ARRAY['STAFF'] FROM generate_series(1, 1000) AS n`,
  );
  await query(world.databaseUrl, 'VACUUM ANALYZE rooms');
  const rooms = await query(world.databaseUrl, `SELECT id FROM rooms ORDER BY id LIMIT ${clients}`);
  const people = [];
  for (const [n, { id: room }] of rooms.entries()) {
    const input = { username: `manager-${n}`, password: world.password, groups: ['MANAGER'] };
    const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
    await ask(url, { query: create, variables: { input }, token: admin });
    people.push({ room, token: await logIn(url, input.username, world.password) });
  }
  return people;
}

/** In turn, so that what else the machine does meets both. */
async function measure(urls, { people, rows }) {
  const work = people.map(({ token, room }) => ({
    token,
    room: rows === 'same' ? people[0].room : room,
  }));
  const found = { serializable: [], readCommitted: [], ratios: [], refused: 0, done: 0 };
  for (const url of Object.values(urls)) await changeFor(url, work);
  for (let round = 0; round < rounds; round += 1) {
    const order = ['serializable', 'readCommitted'];
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      const { done, refused } = await changeFor(urls[name], work);
      found[name].push(done / seconds);
      if (name === 'readCommitted') continue;
      found.done += done;
      found.refused += refused;
    }
    found.ratios.push(found.serializable.at(-1) / found.readCommitted.at(-1));
  }
  return found;
}

/** How many changes are done, and how many refused with 503 since they collided. */
async function changeFor(url, work) {
  const end = performance.now() + seconds * 1_000;
  const counts = { done: 0, refused: 0 };
  await Promise.all(
    work.map(async ({ token, room }) => {
      for (let n = 0; performance.now() < end; n += 1) {
        const status = await change(url, { token, room, name: `Room ${n}` });
        counts[status === 200 ? 'done' : 'refused'] += 1;
      }
    }),
  );
  return counts;
}

/** @throws {Error} for an answer that is neither done nor a collision. */
async function change(url, { token, room, name }) {
  const variables = { id: room, input: { name, floor: 1, groups: ['STAFF'] } };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document, variables }),
  });
  const text = await response.text();
  if (response.status === 200 && text.startsWith('{"data":{"updateRoom":{')) return 200;
  if (response.status === 503) return 503;
  throw new Error(`${response.status}: ${text}`);
}

function report(rows, { serializable, readCommitted, ratios, refused, done }) {
  const spread = (list, digits) => {
    const [middle, lower, upper] = [0.5, 0.25, 0.75].map((part) => quantile(list, part));
    return `${middle.toFixed(digits)} (quartiles ${lower.toFixed(digits)} to ${upper.toFixed(digits)})`;
  };
  process.stdout.write(
    [
      `${rows} rows, ${clients} clients, ${rounds} rounds of ${seconds} s each, changes/s`,
      `  serializable:   ${spread(serializable, 0)}; ${refused} of ${done + refused} refused with 503`,
      `  read committed: ${spread(readCommitted, 0)}`,
      `  ratio: ${spread(ratios, 3)}; target at least 0.8`,
      '',
    ].join('\n'),
  );
}
