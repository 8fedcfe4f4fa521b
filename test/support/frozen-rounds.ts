import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_CHANNEL } from '../../src/database/events/carrier-postgres.ts';
import { ask } from './ask.ts';
import type { ServingProcess } from './process.ts';
import {
  aUser,
  aWorld,
  change,
  enter,
  listeners,
  type World,
  watchEntries,
} from './subscription-world.ts';
import { openTestSocket } from './test-socket.ts';
import type { AnyTwoNodes, TwoNodes } from './two-nodes.ts';

/**
 * What is sent to a frozen node. Quiet: the notifications of a few changes, so that PostgreSQL waits for the node's next
 * statement. Flooded: more than the buffers of the connection can take, so that PostgreSQL waits to send.
 */
export type Traffic = 'quiet' | 'flooded';

/** What came of a node that was frozen (SIGSTOP) until PostgreSQL had ended its listening connection, and then thawed. */
export interface FrozenRound {
  /** What is not as it must be; empty: all of it is. */
  readonly faults: readonly string[];
  /** From the freeze, or from when PostgreSQL waited to send, until the connection had ended, in milliseconds. */
  readonly endedMs: number;
  /** The largest share of the notification queue that was in use. */
  readonly mostUsage: number;
  /** Changes that the other node made meanwhile. */
  readonly changes: number;
  readonly slowestChangeMs: number;
  /** From the thaw until the socket of an ended session was closed, in milliseconds. */
  readonly closedMs: number;
  /** From the thaw until a subscriber had every entry, in milliseconds. */
  readonly caughtUpMs: number;
}

/** Longer than any bound on the end of the connection. */
const patienceMs = 60_000;
/** A node that runs sends a statement several times as often. */
const silence = "INTERVAL '1 second'";
/** Fewer changes than a subscriber may leave waiting. */
const changeEveryMs = 40;

/** Rounds in which one of two nodes is frozen, the second one first, and the other one makes changes. */
export async function freezeInRounds(
  nodes: TwoNodes,
  traffics: readonly Traffic[],
): Promise<readonly FrozenRound[]> {
  let [writer, frozen] = nodes.nodes;
  const rounds: FrozenRound[] = [];
  for (const traffic of traffics) {
    if (writer === undefined || frozen === undefined) throw new Error('Two nodes are needed.');
    const world = await aWorld({ ...nodes, urls: [writer.url, frozen.url] });
    rounds.push(await runRound(world, { frozen, traffic }));
    [writer, frozen] = [frozen, writer];
  }
  return rounds;
}

interface Round {
  readonly frozen: ServingProcess;
  readonly traffic: Traffic;
}

async function runRound(world: World, { frozen, traffic }: Round): Promise<FrozenRound> {
  const { nodes } = world;
  const faults: string[] = [];
  const check = (isRight: boolean, what: string) => void (isRight || faults.push(what));
  const [stays, leaves] = [await subscribe(world, frozen), await subscribe(world, frozen)];
  check((await statusOf(frozen, leaves.token)) === 200, 'a valid token was refused');

  const frozenAtMs = performance.now();
  frozen.kill('SIGSTOP');
  const usage = watchUsage(nodes);
  const changes = makeChanges(world);
  const pid = await silentListener(nodes);
  if (traffic === 'flooded') check(await flood(nodes, pid), 'PostgreSQL never waited to send');
  const waitsSinceMs = traffic === 'flooded' ? performance.now() : frozenAtMs;
  await change(nodes, leaves.token, 'logout');
  const hasEnded = async () => !(await listenerPids(nodes)).includes(pid);
  check(await until(hasEnded), 'PostgreSQL did not end the connection');
  const endedMs = performance.now() - waitsSinceMs;
  check(await until(async () => (await readUsage(nodes)) === 0), 'the queue was not emptied');
  const made = await changes.stop();
  const mostUsage = await usage.stop();

  const thawedAtMs = performance.now();
  frozen.kill('SIGCONT');
  const status = await statusOf(frozen, leaves.token);
  check(status === 401, `the token of an ended session was answered with ${status}`);
  const { code, atMs } = await leaves.socket.ended;
  check(code === 4401, `the socket of an ended session was closed with ${code}`);
  const hasEvery = () => made.ids.every((id) => stays.ids().includes(id));
  check(await until(hasEvery), 'a subscriber missed an entry');
  const caughtUpMs = performance.now() - thawedAtMs;
  const listensAgain = async () => (await listenerPids(nodes)).length === 2;
  check(await until(listensAgain), 'the node did not listen again');
  const last = await enter(world);
  check(await until(() => stays.ids().includes(last)), 'a subscriber missed a later entry');
  check(new Set(stays.ids()).size === stays.ids().length, 'an entry came twice');
  await stays.socket.close();
  return {
    faults: [...faults, ...made.faults],
    endedMs,
    mostUsage,
    caughtUpMs,
    closedMs: atMs - thawedAtMs,
    changes: made.ids.length,
    slowestChangeMs: made.slowestMs,
  };
}

/** A new user's subscription on a node. */
async function subscribe(world: World, { url }: ServingProcess) {
  const { token } = await aUser(world.nodes, world.admin, 'MANAGER');
  const socket = openTestSocket(url, { token });
  const { begun, ids } = watchEntries(world, socket);
  await begun();
  return { token, socket, ids };
}

const statusOf = async ({ url }: ServingProcess, token: string): Promise<number> =>
  (await ask(`${url}/graphql`, '{ me { id } }', { token })).status;

/** Makes changes at the node that runs, until it is stopped. */
function makeChanges(world: World) {
  const made = { ids: [] as string[], faults: [] as string[], slowestMs: 0 };
  let isOver = false;
  const making = (async () => {
    while (!isOver) {
      const startMs = performance.now();
      try {
        made.ids.push(await enter(world));
      } catch (error) {
        made.faults.push(`a change failed: ${String(error)}`);
      }
      made.slowestMs = Math.max(made.slowestMs, performance.now() - startMs);
      await sleep(changeEveryMs);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await making;
      return made;
    },
  };
}

/** Reads all the time how much of the queue is in use. */
function watchUsage(nodes: AnyTwoNodes) {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, await readUsage(nodes));
      await sleep(20);
    }
  })();
  return {
    async stop(): Promise<number> {
      isOver = true;
      await watching;
      return most;
    },
  };
}

async function readUsage({ database }: AnyTwoNodes): Promise<number> {
  const [row] = await database.$queryRawUnsafe<{ usage: number }[]>(
    'SELECT pg_notification_queue_usage() AS usage',
  );
  return row?.usage ?? Number.NaN;
}

async function listenerPids({ database }: AnyTwoNodes, where = 'true'): Promise<readonly number[]> {
  const rows = await database.$queryRawUnsafe<{ pid: number }[]>(`${listeners} AND ${where}`);
  return rows.map(({ pid }) => pid);
}

/** Resolves with the process of PostgreSQL that serves the frozen node's listening connection. */
async function silentListener(nodes: AnyTwoNodes): Promise<number> {
  for (;;) {
    const [pid] = await listenerPids(nodes, `query_start < clock_timestamp() - ${silence}`);
    if (pid !== undefined) return pid;
    await sleep(10);
  }
}

/** Sends notifications, each almost as large as a page of the queue, until PostgreSQL waits to send them to the node. */
async function flood(nodes: AnyTwoNodes, pid: number): Promise<boolean> {
  return until(async () => {
    await nodes.database.$queryRawUnsafe(
      `SELECT count(pg_notify('${EVENT_CHANNEL}', repeat('-', 7900) || n)) FROM generate_series(1, 250) AS n`,
    );
    return (await listenerPids(nodes, "wait_event = 'ClientWrite'")).includes(pid);
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
