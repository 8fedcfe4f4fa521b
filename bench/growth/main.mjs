/**
 * What operations cost in a small and in a large database, by `npm run bench -- growth`: both are filled in SQL
 * (`fill.sql` and `fill-mail.sql`), a built server with production settings serves each, and the operations of both are
 * asked in turn, so that what else the machine does meets both. Those of mails run in this process. On the PostgreSQL server
 * at TEST_DATABASE_URL, as a superuser.
 *
 *   --users 1000000     users of the large database; the rest is in proportion
 *   --small 1000        users of the small one
 *   --sessions 100000   sessions of the user whose sessions are ended, in the large one
 *   --rounds 40         how often each operation is asked
 *   --only mail         the operations whose names begin with it
 *   --quick             100,000 users and 10 rounds
 */
import { parseArgs } from 'node:util';
import { quantile } from '../authorization/measure.mjs';
import { createWorld } from '../load/servers.mjs';
import { fill } from './fill.mjs';
import { createMailOperations } from './mail.mjs';
import { createOperations } from './operations.mjs';

const number = (name, fallback) => {
  const value = Number(values[name] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a number.`);
  return value;
};
const option = { type: 'string' };
const { values } = parseArgs({
  options: {
    users: option,
    small: option,
    sessions: option,
    rounds: option,
    only: option,
    quick: { type: 'boolean', default: false },
  },
});
const users = number('users', values.quick ? 100_000 : 1_000_000);
const small = number('small', 1_000);
const sessions = number('sessions', 100_000);
const rounds = number('rounds', values.quick ? 10 : 40);
const serverUrl = process.env.TEST_DATABASE_URL;
if (serverUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server, as a superuser.\n');
  process.exit(1);
}

const sides = [];
try {
  // Sessions of one user in the small database: as many as a user may have.
  sides.push(await openSide({ users: small, sessions: 100 }));
  sides.push(await openSide({ users, sessions }));
  await measure(sides);
} finally {
  for (const side of sides) await side.close();
}

/** A filled database with its server, and the operations on it. */
async function openSide(size) {
  const world = await createWorld(serverUrl);
  const started = performance.now();
  let server;
  try {
    server = await world.startGatehouse();
    // Its background work and the change of indexes would wait for each other.
    await server.stop();
    await fill(world.databaseUrl, size);
    server = await world.startGatehouse();
    const ofServer = await createOperations({ ...world, url: server.url, ...size });
    const ofMail = await createMailOperations({ ...world, ...size });
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stdout.write(`${size.users} users: filled in ${seconds} s\n`);
    return {
      operations: { ...ofServer.operations, ...ofMail.operations },
      close: async () => {
        await Promise.all([ofServer.close(), ofMail.close()]);
        await server.stop();
        await world.close();
      },
    };
  } catch (error) {
    // Before the connections break, which ends the process with another error.
    process.stderr.write(`${error.message}\n`);
    await server?.stop();
    await world.close();
    throw error;
  }
}

async function measure([one, other]) {
  const names = Object.keys(one.operations).filter((name) => name.startsWith(values.only ?? ''));
  const times = new Map(names.map((name) => [name, { one: [], other: [], refused: 0 }]));
  for (let round = -2; round < rounds; round += 1) {
    for (const name of names) {
      const found = times.get(name);
      for (const [key, side] of round % 2 === 0
        ? [
            ['one', one],
            ['other', other],
          ]
        : [
            ['other', other],
            ['one', one],
          ]) {
        const outcome = await timed(side.operations[name], Math.max(0, round));
        // The first rounds warm up both processes.
        if (round >= 0) found[key].push(outcome.ms);
        if (outcome.status === 503) found.refused += 1;
      }
    }
  }
  report(times);
}

/** The time of one operation without what prepares it, and its HTTP status. */
async function timed({ prepare, run }, round) {
  const prepared = await prepare?.(round);
  const started = performance.now();
  const status = await run(prepared);
  return { ms: performance.now() - started, status };
}

function report(times) {
  const cells = (list) => [0.5, 0.99].map((part) => quantile(list, part));
  process.stdout.write(
    `${rounds} rounds; ms\n${'operation'.padEnd(34)}   small p50      p99  large p50      p99  ratio p50   503\n`,
  );
  for (const [name, { one, other, refused }] of times) {
    const [small, large] = [cells(one), cells(other)];
    const figures = [...small, ...large].map((ms) => ms.toFixed(1).padStart(8)).join(' ');
    const ratio = (large[0] / small[0]).toFixed(2).padStart(9);
    process.stdout.write(
      `${name.padEnd(34)} ${figures}  ${ratio} ${String(refused).padStart(5)}\n`,
    );
  }
}
