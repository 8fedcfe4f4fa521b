/**
 * The service as a whole beside others that do the same work, by `npm run bench -- service`, on the
 * PostgreSQL server at TEST_DATABASE_URL: a known query with a token, whose session, user and groups are read
 * in each request, with a log line for each. The others are Apollo Server, Mercurius with its compiler and
 * Yoga, each with `pg` and one prepared statement that reads the same columns of users.
 *
 *   --case NAME      only `me`, `users` (100 users with groups) or `users-whole` (with all of their columns)
 *   --before FOLDER  another checkout of the product, built, to be measured too
 *   --logs off       the others write no log
 *   --rounds N       20
 *   --quick          a few seconds, to see that it works: its figures are worth little
 */
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createRandom } from '../authorization/measure.mjs';
import { startCannon } from '../load/loads.mjs';
import { createWorld } from '../load/servers.mjs';
import { logIn } from '../server.mjs';
import { cases, seedUsers } from './cases.mjs';
import { measureCase, verifyAnswers } from './measure.mjs';
import { toTable } from './report.mjs';
import { startContenders } from './start-contenders.mjs';

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    before: { type: 'string' },
    logs: { type: 'string', default: 'on' },
    rounds: { type: 'string', default: '20' },
    quick: { type: 'boolean', default: false },
  },
});
const databaseUrl = process.env.TEST_DATABASE_URL;
const names = values.case === undefined ? Object.keys(cases) : [values.case];
if (databaseUrl === undefined || !names.every((name) => Object.hasOwn(cases, name))) {
  process.stderr.write(
    `Set TEST_DATABASE_URL to a PostgreSQL server. Cases: ${Object.keys(cases).join(', ')}\n`,
  );
  process.exit(1);
}
const pace = values.quick
  ? { rounds: 2, seconds: 1, warmUpSeconds: 1 }
  : { rounds: Number(values.rounds), seconds: 2, warmUpSeconds: 4 };

const world = await createWorld(databaseUrl);
const cannon = startCannon('askers.mjs');
const contenders = [];
try {
  await startContenders(world, { ...values, add: (each) => contenders.push(each) });
  await seedUsers(world.databaseUrl);
  const token = await logIn(contenders[0].server.url, 'admin', world.password);
  const random = createRandom(randomBytes(4).readUInt32LE());
  for (const name of names) {
    const load = { query: cases[name], token };
    await verifyAnswers(contenders, load);
    const before = loadavg()[0];
    const rounds = await measureCase(contenders, { cannon, load, pace, random });
    const state = `load average ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`;
    process.stdout.write(`${toTable({ name, query: cases[name], pace, rounds, state })}\n\n`);
  }
} finally {
  cannon.stop();
  for (const { server } of contenders) await server.stop();
  await world.close();
}
