/** What is still answered when ten times as many ask as make the peak, none of whom waits. */

import { setTimeout } from 'node:timers/promises';
import { quantile } from '../authorization/measure.mjs';
import { recordFigure } from '../record-figure.mjs';
import { logIn } from '../server.mjs';
import { goodRate, startCannon } from './loads.mjs';
import { createWorld } from './servers.mjs';
import { spread } from './throughput.mjs';

const query = '{ me { id username groups } }';
const peakConnections = 50;
const tooMany = 10 * peakConnections;
const target = 0.7;

export async function measureOverload({ serverUrl, quick, report }) {
  const { rounds, seconds } = quick ? { rounds: 2, seconds: 2 } : { rounds: 5, seconds: 8 };
  const world = await createWorld(serverUrl);
  const cannon = startCannon('askers.mjs');
  let server;
  try {
    server = await world.startGatehouse();
    const token = await logIn(server.url, 'admin', world.password);
    const fire = async (connections) => {
      const before = await server.use();
      const load = { url: server.url, token, query, connections, duration: seconds };
      const result = await cannon.fire(load);
      const { cpuMicroseconds } = await server.use();
      return { ...result, cores: (cpuMicroseconds - before.cpuMicroseconds) / 1e6 / seconds };
    };
    await fire(peakConnections);
    const found = [];
    for (let round = 0; round < rounds; round += 1) {
      const peak = await fire(peakConnections);
      const health = watchHealth(server.url);
      const over = await fire(tooMany);
      found.push({ peak, over, healthMs: await health.stop() });
    }
    reportOverload(report, { rounds, seconds, found });
  } finally {
    cannon.stop();
    await server?.stop();
    await world.close();
  }
}

/** Asks for health over and over; `stop` gives the times that it took, in milliseconds. */
function watchHealth(url) {
  const times = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const start = performance.now();
      const { ok } = await fetch(`${url}/health/live`);
      if (!ok) throw new Error('Health is bad.');
      times.push(performance.now() - start);
      await setTimeout(100);
    }
  })();
  watching.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await watching;
      return times;
    },
  };
}

function reportOverload(report, { rounds, seconds, found }) {
  const of = (what) => found.map(what);
  const refused = ({ over }) => over.byStatus[503] ?? { count: 0, p50: 0, p99: 0 };
  report(
    `overload: ${tooMany} connections that never wait, ${rounds} rounds of ${seconds} s, each after one of ${peakConnections}`,
    `  peak: ${quantile(
      of(({ peak }) => goodRate(peak)),
      0.5,
    ).toFixed(0)} requests/s`,
    `  answered at 10 times the load, to the peak: ${spread(of(({ peak, over }) => goodRate(over) / goodRate(peak)))}; target at least ${target}`,
    `  processor of the server: ${spread(of(({ peak }) => peak.cores))} cores at the peak, ${spread(of(({ over }) => over.cores))} beyond it`,
    `  answers: p99 ${spread(
      of(({ over }) => over.byStatus[200].p99),
      0,
    )} ms`,
    `  refusals: ${spread(
      of((each) => refused(each).count / each.over.seconds),
      0,
    )} a second, all in order; ` +
      `p50 ${spread(
        of((each) => refused(each).p50),
        0,
      )} ms, p99 ${spread(
        of((each) => refused(each).p99),
        0,
      )} ms`,
    `  health: p99 ${quantile(of(({ healthMs }) => healthMs).flat(), 0.99).toFixed(0)} ms`,
  );
  const answered = of(({ peak, over }) => goodRate(over) / goodRate(peak));
  recordFigure('load.overload', quantile(answered, 0.5).toFixed(2));
}
