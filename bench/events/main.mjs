/**
 * What events cost the writers, by `npm run bench -- events`, on the PostgreSQL server at TEST_DATABASE_URL: commits a
 * second of a table whose trigger sends each row's id, with NOTIFY in each transaction (as PostgreSQL's manual shows
 * it) and by the product's outbox, in turn, in one database. A built server relays and listens meanwhile. The same
 * inserts without any event show how far the outbox can get. Then the fan-out: commits a second and the time to all of
 * 1, 2, 4 and 8 nodes, by LISTEN and NOTIFY and through NATS.
 *
 *   --fan-out     only the fan-out
 *   --rounds N    rounds of each, for each number of writers; 5
 *   --seconds N   of each round; 3
 *   --quick       one short round of each: its figures are worth little
 */

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { quantile } from '../authorization/measure.mjs';
import { createWorld } from '../load/servers.mjs';
import { recordFigure } from '../record-figure.mjs';
import { query } from '../server.mjs';
import { measureFanOut } from './fan-out.mjs';
import { measureLatency } from './latency.mjs';
import { createWays, requireAllRelayed } from './ways.mjs';
import { countCommits } from './writers.mjs';

const option = { type: 'string' };
const { values } = parseArgs({
  options: {
    rounds: option,
    seconds: option,
    quick: { type: 'boolean', default: false },
    'fan-out': { type: 'boolean', default: false },
  },
});
const number = (name, fallback) => {
  const value = Number(values[name] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a number.`);
  return value;
};
const rounds = number('rounds', values.quick ? 1 : 5);
const seconds = number('seconds', values.quick ? 1 : 3);
const serverUrl = process.env.TEST_DATABASE_URL;
if (serverUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server.\n');
  process.exit(1);
}

const before = loadavg()[0];
const world = await createWorld(serverUrl);
try {
  const server = await world.startGatehouse();
  try {
    const ways = await createWays(world.databaseUrl);
    if (!values['fan-out']) {
      await measureWriters(ways);
      await ways.choose('outbox');
      report(await measureLatency(world.databaseUrl, values.quick ? 20 : 200));
    }
    await ways.choose('outbox');
    await ways.close();
  } finally {
    await server.stop();
  }
  await measureFanOut(world.databaseUrl, {
    nodeCounts: values.quick ? [1, 4] : [1, 2, 4, 8],
    seconds,
    times: values.quick ? 10 : 40,
  });
} finally {
  await world.close();
}
process.stdout.write(
  `load average ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after\n`,
);

async function measureWriters(ways) {
  process.stdout.write(
    `${rounds} rounds of ${seconds} s, commits/s, middle (least to most)\nwriters   no event               NOTIFY in each commit  outbox                 no event/NOTIFY  outbox/NOTIFY\n`,
  );
  for (const writers of [1, 8, 16, 32]) {
    const found = { none: [], notify: [], outbox: [] };
    const order = Object.keys(found);
    for (let round = 0; round < rounds; round += 1) {
      // In turn, so that what else the machine does meets all of them.
      for (const way of round % 2 === 0 ? order : order.toReversed()) {
        await ways.choose(way);
        await query(world.databaseUrl, 'TRUNCATE bench_events');
        const last = await ways.lastBatch();
        const count = await countCommits(world.databaseUrl, { writers, seconds });
        found[way].push(count / seconds);
        await requireAllRelayed(ways, { last, count: way === 'outbox' ? count : 0 });
      }
    }
    const cells = Object.values(found).map((list) => cell(list).padEnd(22));
    const toNotify = (way) => (quantile(found[way], 0.5) / quantile(found.notify, 0.5)).toFixed(2);
    process.stdout.write(
      `${String(writers).padEnd(9)} ${cells.join(' ')} ${toNotify('none').padEnd(16)} ${toNotify('outbox')}\n`,
    );
    if (writers >= 16) recordFigure(`events.ratio-${writers}`, toNotify('outbox'));
    if (writers === 32) recordFigure('events.commits-32', Math.round(quantile(found.outbox, 0.5)));
  }
}

function cell(list) {
  const [middle, least, most] = [0.5, 0, 1].map((part) => quantile(list, part).toFixed(0));
  return `${middle} (${least} to ${most})`;
}

function report(times) {
  const [middle, most] = [0.5, 1].map((part) => quantile(times, part).toFixed(1));
  process.stdout.write(
    `from a commit to the notification of all nodes, ${times.length} times: ${middle} ms, at most ${most} ms\n`,
  );
}
