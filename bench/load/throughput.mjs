/** Requests a second of `me`, by the product and by the bare server in turns. */

import { quantile } from '../authorization/measure.mjs';
import { recordFigure } from '../record-figure.mjs';
import { logIn } from '../server.mjs';
import { goodRate, startCannon } from './loads.mjs';
import { createWorld } from './servers.mjs';

const query = '{ me { id username groups } }';
const connections = 50;
const targets = { ratio: 0.6, p99Ms: 300 };

export async function measureThroughput({ serverUrl, quick, report }) {
  const { rounds, seconds } = quick ? { rounds: 2, seconds: 2 } : { rounds: 8, seconds: 5 };
  const world = await createWorld(serverUrl);
  const cannon = startCannon();
  const servers = [];
  try {
    const gatehouse = await world.startGatehouse();
    servers.push(gatehouse);
    const bare = await world.startBare();
    servers.push(bare);
    const token = await logIn(gatehouse.url, 'admin', world.password);
    const contenders = [
      { name: 'bare', server: bare, load: { url: bare.url } },
      { name: 'gatehouse', server: gatehouse, load: { url: gatehouse.url, token } },
    ];
    const fire = (each) => runOne(cannon, each, seconds);
    for (const each of contenders) await fire(each);
    const found = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? contenders : [...contenders].reverse();
      const byName = {};
      for (const each of order) byName[each.name] = await fire(each);
      found.push(byName);
    }
    reportThroughput(report, { rounds, seconds, found });
  } finally {
    cannon.stop();
    for (const each of servers) await each.stop();
    await world.close();
  }
}

async function runOne(cannon, { server, load }, duration) {
  const before = await server.use();
  const result = await cannon.fire({ ...load, query, connections, duration });
  const after = await server.use();
  if (result.byStatus[503] !== undefined) throw new Error('Requests were refused.');
  return {
    rate: goodRate(result),
    p99: result.byStatus[200].p99,
    cpu: (after.cpuMicroseconds - before.cpuMicroseconds) / result.byStatus[200].count,
  };
}

function reportThroughput(report, { rounds, seconds, found }) {
  const median = (name, what) =>
    quantile(
      found.map((each) => each[name][what]),
      0.5,
    );
  report(
    `throughput: \`me\` by ${connections} connections, ${rounds} rounds of ${seconds} s each in turns`,
    ...['bare', 'gatehouse'].map(
      (name) =>
        `  ${name}: ${median(name, 'rate').toFixed(0)} requests/s, p99 ${median(name, 'p99').toFixed(0)} ms, ` +
        `${median(name, 'cpu').toFixed(0)} us of its processor a request`,
    ),
    `  requests/s, gatehouse to bare: ${spread(found.map(({ gatehouse, bare }) => gatehouse.rate / bare.rate))}; ` +
      `target at least ${targets.ratio}`,
    `  processor time a request, gatehouse to bare: ${spread(found.map(({ gatehouse, bare }) => gatehouse.cpu / bare.cpu))}`,
    `  p99 of gatehouse: ${spread(
      found.map(({ gatehouse }) => gatehouse.p99),
      0,
    )} ms; target at most ${targets.p99Ms}`,
  );
  const ratios = found.map(({ gatehouse, bare }) => gatehouse.rate / bare.rate);
  recordFigure('load.throughput-ratio', quantile(ratios, 0.5).toFixed(2));
  recordFigure('load.throughput', Math.round(median('gatehouse', 'rate')));
}

/** The median, with the quartiles. */
export function spread(list, digits = 2) {
  const [middle, lower, upper] = [0.5, 0.25, 0.75].map((part) =>
    quantile(list, part).toFixed(digits),
  );
  return `${middle} (quartiles ${lower} to ${upper})`;
}
