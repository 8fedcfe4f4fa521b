/**
 * What the product bears, by `npm run bench -- load [PART...]`, on the PostgreSQL server at
 * TEST_DATABASE_URL, on databases that are made and dropped:
 *
 *   throughput   requests/s of `me` beside Apollo Server with the same schema and no protection
 *   overload     what is answered, and how the rest is refused, at ten times the load
 *   crowd        10,000 idle connections and 1,000 subscribers: memory, and how soon one event is with all
 *   neighbors    the time of `me` beside one user with many subscriptions, and beside floods of queries
 *   soak         a steady load for long: whether anything grows. Only when it is named
 *
 *   --quick      a few seconds of each, to see that it works: its figures are worth little
 *   --minutes N  how long to soak; 30
 *   --before FOLDER  another checkout, built, that `neighbors` measures too
 *   --rate N     at how many requests a second; without it, at half of what was answered at most just before
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureCrowd } from './crowd.mjs';
import { measureNeighbors } from './neighbors.mjs';
import { measureOverload } from './overload.mjs';
import { soak } from './soak.mjs';
import { measureThroughput } from './throughput.mjs';

const parts = {
  throughput: measureThroughput,
  overload: measureOverload,
  crowd: measureCrowd,
  neighbors: measureNeighbors,
  soak,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string' },
    before: { type: 'string' },
  },
});
const serverUrl = process.env.TEST_DATABASE_URL;
const wrong = positionals.filter((name) => !Object.hasOwn(parts, name));
if (serverUrl === undefined || wrong.length > 0) {
  process.stderr.write(
    `Set TEST_DATABASE_URL to a PostgreSQL server. Parts: ${Object.keys(parts).join(', ')}\n`,
  );
  process.exit(1);
}

const chosen = positionals.length > 0 ? positionals : ['throughput', 'overload', 'crowd'];
const report = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);
const load = () => `load average ${loadavg()[0].toFixed(1)}`;
for (const name of chosen) {
  const before = load();
  await parts[name]({
    serverUrl,
    quick: values.quick,
    minutes: Number(values.minutes),
    before: values.before,
    rate: values.rate === undefined ? undefined : Number(values.rate),
    report,
  });
  report(`  ${before} before, ${load()} after`, '');
}
