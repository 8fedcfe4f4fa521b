import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/database/connection.ts';
import { addNodesRoom, followAsAdmin, type Room, type Subscriber } from './entries.ts';
import type { ServingProcess } from './process.ts';
import { beside, type Findings, kill, type Rounds } from './rounds.ts';
import type { TwoNodes } from './two-nodes.ts';

/** What becomes of the node that leads: killed by SIGKILL, or frozen by SIGSTOP. */
export type LeaderFault = 'killed' | 'frozen';

interface RelayWorld {
  readonly room: Room;
  leader: ServingProcess;
  /** Undefined before it is started. */
  other: ServingProcess | undefined;
}

/**
 * Entries are committed all the time, and the node that leads fails. A subscriber of the other node must have each entry
 * once. The other node then leads, and a new one is started.
 */
export const leaderFaults = (nodes: TwoNodes): Rounds<RelayWorld, LeaderFault> => ({
  async start() {
    const [leader, other] = nodes.nodes;
    return { room: await addNodesRoom(nodes), leader, other };
  },
  async work(world, fault, found) {
    const { room, leader, other = await nodes.serve() } = world;
    const seen = await followAsAdmin(other.url);
    await enterAmid({ name: fault, room, seen, half: 150 }, found, async () => {
      const leaderBefore = await leaderOf(nodes.database);
      const faultAtMs = performance.now();
      leader.kill(fault === 'killed' ? 'SIGKILL' : 'SIGSTOP');
      await untilLeadBy(nodes.database, leaderBefore);
      found.measure(`${fault}: takeover`, performance.now() - faultAtMs);
    });
    await kill(leader);
    world.leader = other;
    world.other = undefined;
  },
  figure: (found) =>
    (['killed', 'frozen'] as const)
      .map(
        (fault) =>
          `${fault}, ${found.measured(`${fault}: takeover`).length} rounds: ${found.sum(`${fault}: entries`)} entries; ` +
          `the next leader after ${found.mostMs(`${fault}: takeover`)}, ` +
          `an entry after ${found.mostMs(`${fault}: entry`)} at most`,
      )
      .join('\n'),
});

/** Where entries are made, and who must see them. */
interface Entering {
  /** What begins the names of the numbers that are noted. */
  readonly name: string;
  readonly room: Room;
  readonly seen: Subscriber;
  /** The number of entries that must be seen before the fault, and again after it. */
  readonly half: number;
  /** How long a writer waits after an entry while the fault lasts. */
  readonly pauseMs?: number;
}

const writers = 4;
/** Fewer than a subscriber may leave waiting. */
const maxUnseen = 500;

/** Commits entries before, while and after something fails. Notes those that a subscriber did not see once, and times. */
export async function enterAmid(
  { name, room, seen, half, pauseMs = 0 }: Entering,
  found: Findings,
  fail: () => Promise<void>,
): Promise<void> {
  const committed = new Map<string, number>();
  let failedAtMs = Number.POSITIVE_INFINITY;
  let wholeAtMs = Number.POSITIVE_INFINITY;
  const write = async () => {
    await seen.until(() => committed.size - seen.times.size <= maxUnseen);
    const startMs = performance.now();
    const id = await room.enter();
    const atMs = performance.now();
    committed.set(id, atMs);
    if (atMs < failedAtMs || atMs > wholeAtMs) return;
    found.measure(`${name}: commit meanwhile`, atMs - startMs);
    if (pauseMs > 0) await sleep(pauseMs);
  };
  await beside(Array<typeof write>(writers).fill(write), async () => {
    await seen.more(half);
    failedAtMs = performance.now();
    await fail();
    wholeAtMs = performance.now();
    await seen.more(half);
  });
  // What was committed before it was relayed before it, or together with it.
  await seen.timeOf(await room.enter());
  await seen.socket.close();
  const lost = [...committed.keys()].filter((id) => !seen.times.has(id)).length;
  const doubles = seen.countDoubles();
  found.check(lost === 0 && doubles === 0, `${name}: ${lost} entries lost, ${doubles} doubled`);
  found.measure(`${name}: lost`, lost);
  found.measure(`${name}: doubled`, doubles);
  found.measure(`${name}: entries`, committed.size);
  for (const [id, atMs] of committed) {
    const seenAtMs = seen.times.get(id);
    if (atMs < failedAtMs || seenAtMs === undefined) continue;
    found.measure(`${name}: entry`, seenAtMs - atMs);
  }
}

/** The process of PostgreSQL whose client leads. */
async function leaderOf(database: Database): Promise<number | undefined> {
  const [lock] = await database.$queryRawUnsafe<{ pid: number }[]>(
    `SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
      WHERE datname = current_database() AND locktype = 'advisory' AND classid = 72707370 AND objid = 2`,
  );
  return lock?.pid;
}

/** Resolves when another client leads. */
async function untilLeadBy(database: Database, before: number | undefined): Promise<void> {
  for (;;) {
    const leader = await leaderOf(database);
    if (leader !== undefined && leader !== before) return;
    await sleep(10);
  }
}
