import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { connectPostgres } from '../../../src/database/connect/connect-postgres.ts';
import { findLosses } from '../kill/check-database.ts';
import type { Acknowledged } from '../kill/writer.ts';
import {
  type ClusterOptions,
  createPostgresCluster,
  type PostgresCluster,
} from '../postgres-cluster.ts';
import type { Environment, Gatehouse, ServingProcess } from '../process.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts';
import { type Load, type LoadCount, startLoad } from './load.ts';

export const admin = { username: 'admin', password: 'violet-otter-ladder-93-quay' };

/** A server of its own over a database of its own, and a network in between. */
export interface FaultWorld {
  readonly cluster: PostgresCluster;
  readonly proxy: TcpProxy;
  readonly settings: Environment;
}

/** What is broken, and how: resolves when it is whole again. */
export type Fault = (world: FaultWorld) => Promise<void>;

export async function createFaultWorld(options: ClusterOptions = {}): Promise<FaultWorld> {
  const cluster = await createPostgresCluster(options);
  onTestFinished(() => cluster.remove()); // after the hooks, which end the processes
  const proxy = await startTcpProxy(cluster.url);
  onTestFinished(() => proxy.close());
  const settings = {
    DATABASE_URL: proxy.url,
    ADMIN_PASSWORD: admin.password,
    LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
    LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
    LOG_LEVEL: 'error',
  };
  return { cluster, proxy, settings };
}

/** What came of a load through a fault. None but the counts of answers and the times may be above 0. */
export interface Toll extends LoadCount {
  readonly recoveredAfterMs: number;
  readonly losses: readonly string[];
  readonly hasExited: boolean;
}

/** Lets a load run through a fault, and looks what it has cost. */
export async function endure(
  world: FaultWorld,
  server: ServingProcess,
  fault: Fault,
): Promise<Toll> {
  let hasExited = false;
  void server.exited.then(() => {
    hasExited = true;
  });
  const load = await startLoad({ url: server.url, admin, writers: 6, name: 'l' });
  await load.recovered(); // it has begun
  await fault(world);
  const recoveredAfterMs = await load.recovered();
  await load.stop();
  return { ...load.count, recoveredAfterMs, losses: await lossesOf(world, load.known), hasExited };
}

/** What the database lacks of what was acknowledged. */
export async function lossesOf({ cluster, proxy }: FaultWorld, known: Acknowledged) {
  const url = new URL(cluster.url);
  url.pathname = new URL(proxy.url).pathname;
  const connection = connectPostgres({ url: url.href, onPoolError: () => {} });
  try {
    return await findLosses(connection, known);
  } finally {
    await connection.close();
  }
}

/** Serves, and starts a load that may be cut. */
export async function serveUnderLoad(
  gatehouse: Gatehouse,
  { settings }: FaultWorld,
  { name, known }: { readonly name: string; readonly known: Acknowledged },
): Promise<{ readonly server: ServingProcess; readonly load: Load }> {
  const server = await gatehouse.serve(settings);
  const load = await startLoad({ url: server.url, admin, writers: 6, mayCut: true, name, known });
  return { server, load };
}

/** Does something again and again, with a pause in between. */
export async function everyFor(
  { everyMs, forMs }: { readonly everyMs: number; readonly forMs: number },
  work: () => unknown,
): Promise<void> {
  const endsAtMs = performance.now() + forMs;
  while (performance.now() < endsAtMs) {
    await work();
    await setTimeout(everyMs);
  }
}
