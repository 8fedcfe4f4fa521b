/**
 * What it costs to count the use of groups, by `npm run bench -- access-counts`: the processor time of a request
 * of two servers side by side, one of which has ACCESS_COUNTS=off, for an operation whose fields groups guard.
 * On Linux, and on the PostgreSQL server at TEST_DATABASE_URL.
 *
 *   --quick   a few seconds, to see that it works: its figures are worth little
 */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { quantile } from '../authorization/measure.mjs';
import { recordFigure } from '../record-figure.mjs';
import { startServer } from '../viewer/server.mjs';
import { measureCount } from './count.mjs';

const connections = 8;
/** In one slice. Slices are short, so that other work on the machine changes both servers alike. */
const requests = 100;
const target = 1.03;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { rounds, warmUps } = values.quick ? { rounds: 5, warmUps: 2 } : { rounds: 80, warmUps: 10 };
const databaseUrl = process.env.TEST_DATABASE_URL;
if (databaseUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server.\n');
  process.exit(1);
}

const query = '{ users(first: 1) { edges { node { id username email memberships { group } } } } }';
const count = measureCount(query);
process.stdout.write(
  `processor time of counting one operation: ${count.toFixed(1)} microseconds\n`,
);
recordFigure('access-counts-cost.operation', count.toFixed(1));
const servers = [];
try {
  for (const choice of ['on', 'off', 'off']) {
    const server = await startServer(databaseUrl, { ACCESS_COUNTS: choice });
    servers.push({ ...server, choice, accessToken: await server.token() });
  }
  await measure(servers);
} finally {
  for (const { stop } of servers) await stop();
}

/** The third server shows what the ratio of two equal ones is. */
async function measure([on, off, other]) {
  const found = [];
  for (let round = -warmUps; round < rounds; round += 1) {
    const order = [on, off, other];
    for (let turn = 0; turn < (round + warmUps) % 3; turn += 1) order.push(order.shift());
    const costs = new Map();
    for (const server of order) costs.set(server, await costOf(server));
    if (round >= 0) found.push([on, off, other].map((server) => costs.get(server)));
  }
  report(found);
}

/** The processor time of one request, in nanoseconds. @throws {Error} when anything but 200 is answered. */
async function costOf({ url, pid, accessToken }) {
  const before = processorNs(pid);
  const result = await autocannon({
    url: `${url}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ query }),
    connections,
    amount: requests,
    verifyBody: (body) => body.startsWith('{"data":{"'),
  });
  const failures = result.errors + result.timeouts + result.non2xx + result.mismatches;
  if (failures > 0) throw new Error(`${failures} requests failed.`);
  return (processorNs(pid) - before) / result['2xx'];
}

/** The processor time of the main thread of a process. */
function processorNs(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]);
}

function report(found) {
  const line = (name, list) => {
    const [median, lower, upper] = [0.5, 0.25, 0.75].map((part) => quantile(list, part).toFixed(3));
    return `${name}: ${median} (quartiles ${lower} to ${upper})`;
  };
  const microseconds = found.map(([on]) => on / 1000);
  process.stdout.write(
    [
      `${connections} connections, ${rounds} rounds of ${requests} requests to each server`,
      `processor time of a request with counts: ${quantile(microseconds, 0.5).toFixed(0)} microseconds`,
      `${line(
        'with counts / without',
        found.map(([on, off]) => on / off),
      )}; target at most ${target}`,
      line(
        'without / without',
        found.map(([, off, other]) => other / off),
      ),
      '',
    ].join('\n'),
  );
}
