import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { everyFor, type Fault } from './world.ts';

/** How long and how often things are broken. */
export interface FaultFigures {
  readonly frozenMs: number;
  readonly killingMs: number;
  readonly restarts: number;
  readonly networkMs: number;
}

/** What can happen to a database, or to the network before it. */
export const databaseFaults = (figures: FaultFigures): Readonly<Record<string, Fault>> => ({
  'a database that is frozen': async ({ cluster }) => {
    cluster.freeze();
    await setTimeout(figures.frozenMs);
    cluster.thaw();
  },
  'connections that are killed': ({ cluster }) =>
    everyFor({ everyMs: 200, forMs: figures.killingMs }, () =>
      cluster.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'gatehouse%'`),
    ),
  'a database that is stopped at once and started': async ({ cluster }) => {
    for (let n = 0; n < figures.restarts; n += 1) {
      await cluster.stopAtOnce();
      await setTimeout(500);
      await cluster.start();
      await setTimeout(500);
    }
  },
  'tables that are locked, so that no connection is free': async ({ cluster }) => {
    const locker = new pg.Client({ connectionString: cluster.url });
    await locker.connect();
    const lock = () =>
      locker.query('BEGIN; LOCK TABLE gatehouse.users, gatehouse.sessions').then(
        () => true,
        () => false, // it was chosen to end a deadlock with what is under way
      );
    while (!(await lock())) await locker.query('ROLLBACK');
    await setTimeout(figures.networkMs);
    await locker.end();
  },
  'a disk that is full, for tables and then for the log of transactions': async ({ cluster }) => {
    cluster.fillDisk();
    await setTimeout(figures.networkMs);
    // A log that cannot go on ends the server, which then may not find the room to start again.
    const switchLog = () => cluster.query('SELECT pg_switch_wal()').catch(() => {});
    await everyFor({ everyMs: 100, forMs: figures.networkMs }, switchLog);
    cluster.freeDisk();
    if (!cluster.isRunning()) await cluster.start();
  },
  'a network that delays': async ({ proxy }) => {
    for (const delayMs of [100, 300, 900]) {
      proxy.delayMs = delayMs;
      await setTimeout(figures.networkMs);
    }
    proxy.delayMs = 0;
  },
  'a network that cuts': ({ proxy }) =>
    everyFor({ everyMs: 200, forMs: figures.networkMs }, () => proxy.cut()),
  'a network that swallows': async ({ proxy }) => {
    proxy.swallows = true;
    proxy.freeze();
    await setTimeout(figures.networkMs);
    proxy.swallows = false;
  },
});
