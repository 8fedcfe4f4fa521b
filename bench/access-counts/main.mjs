/**
 * What it costs to count the use of groups, by `npm run bench -- access-counts`: processor time of a request and
 * requests a second of two servers side by side, one of which has ACCESS_COUNTS=off, for an operation whose
 * fields groups guard. On the PostgreSQL server at TEST_DATABASE_URL.
 *
 *   --quick   a few seconds, to see that it works: its figures are worth little
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { quantile } from '../authorization/measure.mjs';
import { startServer } from '../viewer/server.mjs';

const connections = 32;
const target = 1.03;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { count, seconds } = values.quick ? { count: 2, seconds: 1 } : { count: 20, seconds: 2 };
const databaseUrl = process.env.TEST_DATABASE_URL;
if (databaseUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server.\n');
  process.exit(1);
}

const query = '{ users(first: 1) { edges { node { id username email memberships { group } } } } }';
const servers = [];
try {
  for (const choice of ['on', 'off']) {
    servers.push(await startServer(databaseUrl, { ACCESS_COUNTS: choice }));
  }
  await measure(servers);
} finally {
  for (const { stop } of servers) await stop();
}

async function measure([on, off]) {
  const tokens = new Map([
    [on, await on.token()],
    [off, await off.token()],
  ]);
  const run = (server) => load(server, tokens.get(server));
  for (const server of [on, off]) await run(server);
  const rounds = [];
  for (let round = 0; round < count; round += 1) {
    rounds.push({ first: await run(off), counted: await run(on), second: await run(off) });
  }
  report(rounds);
}

/** @throws {Error} when anything but 200 is answered: an error is no measurement. */
async function load({ url, pid }, token) {
  const before = processorNs(pid);
  const result = await autocannon({
    url: `${url}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
    connections,
    duration: seconds,
    verifyBody: (body) => body.startsWith('{"data":{"'),
  });
  const failures = result.errors + result.timeouts + result.non2xx + result.mismatches;
  if (failures > 0) throw new Error(`${failures} requests failed.`);
  const requests = result['2xx'];
  return { rate: requests / result.duration, cost: (processorNs(pid) - before) / requests };
}

/** The processor time of the main thread of a process, which other work on the machine does not change much. */
function processorNs(pid) {
  const file = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) : Number.NaN;
}

function report(rounds) {
  const line = (name, list) => {
    const [median, lower, upper] = [0.5, 0.25, 0.75].map((part) => quantile(list, part).toFixed(3));
    return `${name}: ${median} (quartiles ${lower} to ${upper})`;
  };
  const ratios = (key) =>
    rounds.map(({ first, counted, second }) => (2 * counted[key]) / (first[key] + second[key]));
  const noise = (key) => rounds.map(({ first, second }) => second[key] / first[key]);
  const costs = rounds.map(({ counted }) => counted.cost / 1000);
  process.stdout.write(
    [
      `${connections} connections, ${count} rounds of ${3 * seconds} s`,
      `processor time of a request with counts: ${quantile(costs, 0.5).toFixed(0)} microseconds`,
      `${line('processor time with counts / without', ratios('cost'))}; target at most ${target}`,
      line('processor time without / without', noise('cost')),
      line('requests a second with counts / without', ratios('rate')),
      line('requests a second without / without', noise('rate')),
      '',
    ].join('\n'),
  );
}
