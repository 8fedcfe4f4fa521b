/**
 * What the record of reads costs, by `npm run bench -- reads`, on the PostgreSQL server at TEST_DATABASE_URL and on the
 * embedded database: lists of 1,000 rows of five fields, of which one is audited, beside the same lists without it. The
 * same rows each time, as when a page is loaded again, and other rows each time.
 *
 *   --connections N  8
 *   --rounds N       20
 *   --quick          a few seconds, to see that it works: its figures are worth little
 */
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom, quantile, shuffled } from '../authorization/measure.mjs';
import { goodRate, startCannon } from '../load/loads.mjs';
import { createWorld } from '../load/servers.mjs';
import { spread } from '../load/throughput.mjs';
import { ask, logIn, query } from '../server.mjs';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '20' },
    quick: { type: 'boolean', default: false },
  },
});
const databaseUrl = process.env.TEST_DATABASE_URL;
if (databaseUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server.\n');
  process.exit(1);
}
const connections = Number(values.connections);
const rounds = values.quick ? 2 : Number(values.rounds);
const seconds = values.quick ? 1 : 3;

const selection = '{ id name total note createdAt }';
const cases = {
  'the same rows': (field) => `{ ${field} ${selection} }`,
  'other rows each time': (field) => `{ ${field}(fresh: true) ${selection} }`,
};
const project = fileURLToPath(new URL('.', import.meta.url));
const kinds = {
  postgresql: {},
  embedded: { DATABASE_URL: '', DATABASE: 'embedded' },
};

const world = await createWorld(databaseUrl);
const cannon = startCannon('askers.mjs');
const random = createRandom(randomBytes(4).readUInt32LE());
try {
  for (const [kind, settings] of Object.entries(kinds)) {
    const server = await world.startProject(project, { ...settings, MAX_COST_USER: '100000' });
    try {
      const token = await logIn(server.url, 'admin', world.password);
      for (const [name, toQuery] of Object.entries(cases)) {
        await measure({ kind, name, server, token, toQuery });
      }
      if (kind === 'postgresql') await printRecorded();
    } finally {
      await server.stop();
    }
  }
} finally {
  cannon.stop();
  await world.close();
}

async function measure({ kind, name, server, token, toQuery }) {
  const found = { plain: [], audited: [] };
  const fire = async (field, duration) => {
    const load = { url: server.url, query: toQuery(field), token, connections, duration };
    const before = await server.use();
    const result = await cannon.fire(load);
    const after = await server.use();
    const { count, p50, p99 } = result.byStatus[200];
    const cpu = (after.cpuMicroseconds - before.cpuMicroseconds) / count;
    return { rate: goodRate(result), p50, p99, cpu };
  };
  await ask(server.url, { query: toQuery('audited'), token });
  for (const field of Object.keys(found)) await fire(field, seconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const field of shuffled(Object.keys(found), random)) {
      found[field].push(await fire(field, seconds));
    }
  }
  const ratio = (what) =>
    spread(found.audited.map((each, round) => each[what] / found.plain[round][what]));
  const median = (field, what) =>
    quantile(
      found[field].map((each) => each[what]),
      0.5,
    ).toFixed(1);
  process.stdout.write(
    `${kind}, ${name}, ${connections} connections, ${rounds} rounds of ${seconds} s in turns, ` +
      `load average ${loadavg()[0].toFixed(1)}: requests/s ${ratio('rate')} ` +
      `(${median('plain', 'rate')} to ${median('audited', 'rate')}), processor ${ratio('cpu')}, ` +
      `p50 ${median('plain', 'p50')} to ${median('audited', 'p50')} ms, ` +
      `p99 ${median('plain', 'p99')} to ${median('audited', 'p99')} ms\n`,
  );
}

/** What PostgreSQL has stored. */
async function printRecorded() {
  const [{ rows, bytes }] = await query(
    world.databaseUrl,
    `SELECT count(*)::int AS rows, (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
      WHERE inhparent = 'gatehouse_rights.reads'::regclass)::bigint AS bytes FROM gatehouse_rights.reads`,
  );
  process.stdout.write(`${rows} rows recorded, ${(bytes / 1e6).toFixed(1)} MB\n`);
}
