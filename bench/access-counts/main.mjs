/**
 * What it costs to count the use of groups, by `npm run bench -- access-counts`: requests a second of two
 * servers side by side, one of which has ACCESS_COUNTS=off, for an operation whose fields groups guard. On
 * the PostgreSQL server at TEST_DATABASE_URL.
 *
 *   --quick   a few seconds, to see that it works: its figures are worth little
 */
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { quantile } from '../authorization/measure.mjs';
import { startServer } from '../viewer/server.mjs';

const connections = 32;
const target = 0.97;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { rounds, seconds } = values.quick ? { rounds: 2, seconds: 1 } : { rounds: 20, seconds: 2 };
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
  const rate = (server) => load(server.url, tokens.get(server));
  for (const server of [on, off]) await rate(server);
  const ratios = [];
  const noise = [];
  const rates = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await rate(off);
    const counted = await rate(on);
    const second = await rate(off);
    ratios.push((2 * counted) / (first + second));
    noise.push(second / first);
    rates.push(counted);
  }
  report({ ratios, noise, rates });
}

/** @throws {Error} when anything but 200 is answered: an error is no measurement. */
async function load(url, token) {
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
  return result['2xx'] / result.duration;
}

function report({ ratios, noise, rates }) {
  const line = (name, list) => {
    const [median, lower, upper] = [0.5, 0.25, 0.75].map((part) => quantile(list, part).toFixed(3));
    return `${name}: ${median} (quartiles ${lower} to ${upper})`;
  };
  process.stdout.write(
    [
      `${connections} connections, ${rounds} rounds of ${3 * seconds} s`,
      `requests a second with counts: ${quantile(rates, 0.5).toFixed(0)}`,
      `${line('with counts / without', ratios)}; target at least ${target}`,
      line('without / without', noise),
      '',
    ].join('\n'),
  );
}
