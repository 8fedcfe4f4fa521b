import { expect, it, onTestFinished } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { startFailoverPair } from '../support/failover-pair.ts';
import { startCachingProxy } from '../support/history/caching-proxy.ts';
import { checkHistory } from '../support/history/check-history.ts';
import type { HistoryEvent } from '../support/history/events.ts';
import { recordHistory } from '../support/history/record-history.ts';
import { pgbouncer, startPgbouncer } from '../support/pgbouncer.ts';
import { replicaBinaries } from '../support/postgres-cluster.ts';
import { useGatehouse } from '../support/process.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- history`: what clients of two nodes over one PostgreSQL see of rights that begin and
 * end. `test/cli/history.test.ts` runs a few operations of it. Needs `TEST_DATABASE_URL`.
 */
const operations = Number(process.env.OPERATIONS ?? 20_000);
const plantedOperations = Math.max(2_000, Math.ceil(operations / 10));
const clients = 16;
const gatehouse = useGatehouse();

const settings = {
  LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
  LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
  ACCESS_TOKEN_SECONDS: '3600',
};

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  `lets no request through that began after an acknowledged end, in ${operations} operations`,
  async () => {
    const { urls, username, password } = await startTwoNodes(gatehouse, settings);
    const admin = { username, password };
    const events = await recordHistory({ urls, admin, clients, operations });
    const faults = checkHistory(events);
    report(events, faults.length);
    expect(faults.slice(0, 5)).toEqual([]);
    expect(events.length).toBeGreaterThanOrEqual(operations);
  },
  3_600_000,
);

it.skipIf(process.env.TEST_DATABASE_URL === undefined || pgbouncer === undefined)(
  `does so behind PgBouncer, with five connections for both nodes, in ${operations} operations`,
  async () => {
    const pooled = async (databaseUrl: string) => {
      const pooler = await startPgbouncer(databaseUrl, {
        poolSize: 5,
        maxPreparedStatements: 100,
      });
      onTestFinished(pooler.stop);
      return { ...settings, DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: databaseUrl };
    };
    const { urls, username, password } = await startTwoNodes(gatehouse, pooled);
    const admin = { username, password };
    const events = await recordHistory({ urls, admin, clients, operations });
    const faults = checkHistory(events);
    report(events, faults.length);
    expect(faults.slice(0, 5)).toEqual([]);
  },
  3_600_000,
);

it.skipIf(replicaBinaries === undefined)(
  `does so when the primary is killed and its replica promoted, in ${operations} operations`,
  async () => {
    const pair = await startFailoverPair();
    const { urls, username, password } = await startTwoNodes(gatehouse, settings, {
      databaseUrl: pair.url,
    });
    await pair.makeSynchronous();

    const failOver = async () => {
      await pair.primary.stopAtOnce();
      await pair.promote();
    };
    let failedOver: Promise<void> | undefined;
    const onOperation = (begun: number) => {
      if (begun === Math.floor(operations / 2)) failedOver = failOver();
    };
    const admin = { username, password };
    const events = await recordHistory({ urls, admin, clients, operations, onOperation });
    await failedOver;
    const faults = checkHistory(events);
    report(events, faults.length);
    expect(faults.slice(0, 5)).toEqual([]);
    const last = events.slice(-clients);
    expect(last.filter((event) => event.kind === 'use' && event.status === 503)).toEqual([]);
    expect(events.filter((event) => 'status' in event && event.status === 503)).not.toEqual([]);
    recordFigure('history.operations', operations);
  },
  3_600_000,
);

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'finds a cache of one second before one of the nodes',
  async () => {
    const { urls, username, password } = await startTwoNodes(gatehouse, settings);
    const [cached = '', plain = ''] = urls;
    const proxy = await startCachingProxy(cached, 1_000);
    try {
      const admin = { username, password };
      const planted = { urls: [proxy.url, plain], admin, clients, operations: plantedOperations };
      const events = await recordHistory(planted);
      const faults = checkHistory(events);
      report(events, faults.length);
      expect(faults.length).toBeGreaterThan(0);
    } finally {
      await proxy.stop();
    }
  },
  3_600_000,
);

function report(events: readonly HistoryEvent[], faults: number): void {
  const counts = new Map<string, number>();
  for (const event of events) {
    const outcome = 'status' in event ? event.status : event.isDone ? 'done' : 'refused';
    const name = `${event.kind} ${outcome}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const list = [...counts].sort().map(([name, count]) => `${count} ${name}`);
  process.stdout.write(`${events.length} operations: ${list.join(', ')}; ${faults} faults\n`);
}
