import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/database/connection.ts';
import { EVENT_CHANNEL } from '../../src/database/events/carrier-postgres.ts';
import { ask } from './ask.ts';
import { follow, openRoomAt } from './entries.ts';
import { listenerPids } from './listener-pids.ts';
import type { ServingProcess } from './process.ts';
import { beside, type Rounds } from './rounds.ts';
import type { TwoNodes } from './two-nodes.ts';

/**
 * What is sent to a frozen node. Quiet: the notifications of a few changes, so that PostgreSQL waits for the node's next
 * statement. Flooded: more than the buffers of the connection can take, so that PostgreSQL waits to send.
 */
export type Traffic = 'quiet' | 'flooded';

/** Longer than any bound on the end of the connection. */
const patienceMs = 60_000;
/** A node that runs sends a statement several times as often. */
const silence = "INTERVAL '1 second'";
/** Fewer changes than a subscriber may leave waiting. */
const changeEveryMs = 40;

/**
 * One of two nodes is frozen (SIGSTOP), the second one first, until PostgreSQL has ended its listening connection, and
 * then thawed. The other one makes changes meanwhile. Times are measured from the freeze, or from when PostgreSQL waited
 * to send, and from the thaw.
 */
export const freezes = ({ nodes, database }: TwoNodes): Rounds<void, Traffic> => ({
  async start() {},
  async work(_world, traffic, found) {
    const [writer, frozen] = found.rounds % 2 === 1 ? nodes : ([nodes[1], nodes[0]] as const);
    const room = await openRoomAt(writer.url);
    const subscribe = async () => {
      const { accessToken: token } = await room.aUser('MANAGER');
      return { token, seen: await follow(frozen.url, token) };
    };
    const [stays, leaves] = [await subscribe(), await subscribe()];
    found.check((await statusOf(frozen, leaves.token)) === 200, 'a valid token was refused');

    const made: string[] = [];
    const change = async () => {
      const startMs = performance.now();
      await room.enter().then(
        (id) => made.push(id),
        (error: unknown) => found.fault(`a change failed: ${String(error)}`),
      );
      found.measure(`${traffic}: change`, performance.now() - startMs);
      await sleep(changeEveryMs);
    };
    const watchUsage = async () => {
      found.measure(`${traffic}: usage`, await readUsage(database));
      await sleep(20);
    };
    const frozenAtMs = performance.now();
    frozen.kill('SIGSTOP');
    await beside([change, watchUsage], async () => {
      const pid = await silentListener(database);
      if (traffic === 'flooded') {
        found.check(await flood(database, pid), 'PostgreSQL never waited to send');
      }
      const waitsSinceMs = traffic === 'flooded' ? performance.now() : frozenAtMs;
      await room.change('logout', { accessToken: leaves.token });
      const hasEnded = async () => !(await listenerPids(database)).includes(pid);
      found.check(await until(hasEnded), 'PostgreSQL did not end the connection');
      found.measure(`${traffic}: ended`, performance.now() - waitsSinceMs);
      const isEmpty = async () => (await readUsage(database)) === 0;
      found.check(await until(isEmpty), 'the queue was not emptied');
    });

    const thawedAtMs = performance.now();
    frozen.kill('SIGCONT');
    const status = await statusOf(frozen, leaves.token);
    found.check(status === 401, `the token of an ended session was answered with ${status}`);
    const { code, atMs } = await leaves.seen.socket.ended;
    found.check(code === 4401, `the socket of an ended session was closed with ${code}`);
    found.measure(`${traffic}: closed`, atMs - thawedAtMs);
    const { ids, times, countDoubles, socket } = stays.seen;
    found.check(
      await until(() => made.every((id) => times.has(id))),
      'a subscriber missed an entry',
    );
    found.measure(`${traffic}: caught up`, performance.now() - thawedAtMs);
    const listensAgain = async () => (await listenerPids(database)).length === 2;
    found.check(await until(listensAgain), 'the node did not listen again');
    const last = await room.enter();
    found.check(await until(() => ids.includes(last)), 'a subscriber missed a later entry');
    found.check(countDoubles() === 0, 'an entry came twice');
    await socket.close();
  },
  figure: (found) =>
    (['quiet', 'flooded'] as const)
      .map((traffic) => {
        const most = (what: string) => found.mostMs(`${traffic}: ${what}`);
        return (
          `${traffic}, ${found.measured(`${traffic}: ended`).length} rounds: the connection ended after ${most('ended')}, ` +
          `${(100 * found.most(`${traffic}: usage`)).toFixed(4)} % of the queue in use; ` +
          `${found.measured(`${traffic}: change`).length} changes, one after ${most('change')}; thawed: ` +
          `a socket closed after ${most('closed')}, all entries after ${most('caught up')} at most`
        );
      })
      .join('\n'),
});

const statusOf = async ({ url }: ServingProcess, token: string): Promise<number> =>
  (await ask(`${url}/graphql`, '{ me { id } }', { token })).status;

async function readUsage(database: Database): Promise<number> {
  const [row] = await database.$queryRawUnsafe<{ usage: number }[]>(
    'SELECT pg_notification_queue_usage() AS usage',
  );
  return row?.usage ?? Number.NaN;
}

/** Resolves with the process of PostgreSQL that serves the frozen node's listening connection. */
async function silentListener(database: Database): Promise<number> {
  for (;;) {
    const [pid] = await listenerPids(database, `query_start < clock_timestamp() - ${silence}`);
    if (pid !== undefined) return pid;
    await sleep(10);
  }
}

/** Sends notifications, each almost as large as a page of the queue, until PostgreSQL waits to send them to the node. */
async function flood(database: Database, pid: number): Promise<boolean> {
  return until(async () => {
    await database.$queryRawUnsafe(
      `SELECT count(pg_notify('${EVENT_CHANNEL}', repeat('-', 7900) || n)) FROM generate_series(1, 250) AS n`,
    );
    return (await listenerPids(database, "wait_event = 'ClientWrite'")).includes(pid);
  });
}

/** Whether the check passed in time. */
async function until(check: () => boolean | Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + patienceMs;
  while (!(await check())) {
    if (performance.now() > endMs) return false;
    await sleep(10);
  }
  return true;
}
