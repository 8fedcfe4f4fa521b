/**
 * What it costs to read the viewer again for each request, by `npm run bench -- viewer`: requests a second
 * of `me` with a token against `serverInfo` without one, which needs no database, and how many statements
 * a request takes. On the PostgreSQL server at TEST_DATABASE_URL.
 *
 *   --quick   a few seconds, to see that it works: its figures are worth little
 */

import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { quantile } from '../authorization/measure.mjs';
import { recordFigure } from '../record-figure.mjs';
import { startServer } from './server.mjs';

const connections = 64;
const target = 0.75;
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { rounds, seconds } = values.quick ? { rounds: 2, seconds: 1 } : { rounds: 12, seconds: 3 };
const databaseUrl = process.env.TEST_DATABASE_URL;
if (databaseUrl === undefined) {
  process.stderr.write('Set TEST_DATABASE_URL to a PostgreSQL server.\n');
  process.exit(1);
}

const server = await startServer(databaseUrl);
try {
  await measure(server);
} finally {
  await server.stop();
}

async function measure({ url, token, statements }) {
  const me = { query: '{ me { id username groups } }', token: await token() };
  const serverInfo = { query: '{ serverInfo { name version } }' };
  for (const each of [me, serverInfo]) await load(url, each, seconds);

  const before = await statements();
  const { requests } = await load(url, me, seconds);
  // Counting is a statement, too.
  const perRequest = ((await statements()) - before - 1) / requests;

  const ratios = [];
  const noise = [];
  const rates = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [serverInfo, me, serverInfo] : [serverInfo, serverInfo, me];
    const found = [];
    for (const each of order) found.push({ each, ...(await load(url, each, seconds)) });
    const [first, second] = found.filter(({ each }) => each === serverInfo);
    const guarded = found.find(({ each }) => each === me);
    ratios.push((2 * guarded.rate) / (first.rate + second.rate));
    noise.push(second.rate / first.rate);
    rates.push(guarded.rate);
  }
  report({ perRequest, ratios, noise, rates });
}

/** @throws {Error} when anything but 200 is answered: an error is no measurement. */
async function load(url, { query, token }, duration) {
  const result = await autocannon({
    url: `${url}/graphql`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
    connections,
    duration,
    verifyBody: (body) => body.startsWith('{"data":{"'),
  });
  const failures = result.errors + result.timeouts + result.non2xx + result.mismatches;
  if (failures > 0) throw new Error(`${failures} requests failed.`);
  return { requests: result['2xx'], rate: result['2xx'] / result.duration };
}

function report({ perRequest, ratios, noise, rates }) {
  const spread = (list) => [0.5, 0.25, 0.75].map((part) => quantile(list, part).toFixed(3));
  const line = (name, list) => {
    const [median, lower, upper] = spread(list);
    return `${name}: ${median} (quartiles ${lower} to ${upper})`;
  };
  process.stdout.write(
    [
      `${connections} connections, ${rounds} rounds of ${seconds} s each`,
      `statements a request of me: ${perRequest.toFixed(3)}`,
      `requests of me a second: ${quantile(rates, 0.5).toFixed(0)}`,
      `${line('me with a token / serverInfo without', ratios)}; target at least ${target}`,
      line('serverInfo / serverInfo', noise),
      '',
    ].join('\n'),
  );
  recordFigure('viewer.statements', perRequest.toFixed(3));
}
