import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Gatehouse, ServingProcess } from './process.ts';
import type { roomsClient } from './rooms-project.ts';
import { openTestSocket } from './test-socket.ts';
import type { TwoNodes } from './two-nodes.ts';

/** What becomes of the node that leads: killed by SIGKILL, or frozen by SIGSTOP. */
export type LeaderFault = 'killed' | 'frozen';

/** What a subscriber of the other node saw. */
export interface RelayRound {
  /** How many entries were committed, before and after the fault. */
  readonly entries: number;
  /** What is not as it must be; empty: all of it is. */
  readonly faults: readonly string[];
  /** From the fault until another node led, in milliseconds. */
  readonly takeoverMs: number;
  /** From a commit after the fault until the subscriber had the entry, at most, in milliseconds. */
  readonly slowestMs: number;
}

export interface RelayWorld extends Pick<TwoNodes, 'environment' | 'database' | 'password'> {
  readonly gatehouse: Gatehouse;
  readonly rooms: ReturnType<typeof roomsClient>;
}

const writers = 4;
/** Entries that must be seen before the fault, and again after it. */
const entriesPerHalf = 150;
/** Fewer than a subscriber may leave waiting. */
const maxUnseen = 500;

/**
 * Rounds in which entries are committed all the time, and the node that leads fails. A subscriber of the other node must
 * have each entry once. The other node then leads, and a new one is started.
 */
export async function relayInRounds(
  world: RelayWorld,
  { nodes, faults }: { readonly nodes: TwoNodes['nodes']; readonly faults: readonly LeaderFault[] },
): Promise<readonly RelayRound[]> {
  const data = await anEntry(world);
  const enter = async () => (await world.rooms.roomEntry.create({ data, select: { id: true } })).id;
  const rounds: RelayRound[] = [];
  let [leader, other] = nodes;
  for (const [index, fault] of faults.entries()) {
    if (leader === undefined || other === undefined) throw new Error('Two nodes are needed.');
    rounds.push(await runRound(world, { leader, other, fault, enter }));
    leader.kill('SIGKILL');
    await leader.exited;
    if (index === faults.length - 1) break;
    leader = other;
    other = await world.gatehouse.serve(world.environment);
  }
  return rounds;
}

interface Round {
  readonly leader: ServingProcess;
  readonly other: ServingProcess;
  readonly fault: LeaderFault;
  /** Commits an entry, and returns its id. */
  readonly enter: () => Promise<string>;
}

async function runRound(world: RelayWorld, round: Round): Promise<RelayRound> {
  const seen = await follow(world, round);
  const committed = new Map<string, number>();
  let isWriting = true;
  const writing = Array.from({ length: writers }, async () => {
    while (isWriting) {
      while (committed.size - seen.times.size > maxUnseen) await seen.next();
      committed.set(await round.enter(), performance.now());
    }
  });
  const seeMore = async (count: number) => {
    const goal = seen.times.size + count;
    while (seen.times.size < goal) await seen.next();
  };

  await seeMore(entriesPerHalf);
  const leaderBefore = await leaderOf(world);
  const faultAtMs = performance.now();
  round.leader.kill(round.fault === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  const takeover = untilLeadBy(world, leaderBefore);
  await Promise.all([seeMore(entriesPerHalf), takeover]);
  isWriting = false;
  await Promise.all(writing);
  // What was committed before it was relayed before it, or together with it.
  const last = await round.enter();
  while (!seen.times.has(last)) await seen.next();
  seen.stop();

  const faults = seen.doubles.map((id) => `${id} came twice`);
  for (const id of committed.keys()) if (!seen.times.has(id)) faults.push(`${id} never came`);
  const delays = [...committed]
    .filter(([, atMs]) => atMs > faultAtMs)
    .map(([id, atMs]) => (seen.times.get(id) ?? Number.POSITIVE_INFINITY) - atMs);
  return {
    entries: committed.size,
    faults,
    takeoverMs: (await takeover) - faultAtMs,
    slowestMs: Math.max(...delays),
  };
}

/** A subscriber of the node that is to survive. Resolves once the subscription runs. */
export async function follow(
  { password }: Pick<RelayWorld, 'password'>,
  { other, enter }: Pick<Round, 'other' | 'enter'>,
  patienceMs = 60_000,
) {
  const login = `mutation { login(username: "admin", password: "${password}") { accessToken } }`;
  const token = (await ask(`${other.url}/graphql`, login)).data.login.accessToken;
  const socket = openTestSocket(other.url, { token });
  const times = new Map<string, number>();
  const doubles: string[] = [];
  const news = new EventTarget();
  const next = () => once(news, 'entry', { signal: AbortSignal.timeout(patienceMs) });
  socket.client.subscribe<{ roomEntered: { id: string } }>(
    { query: 'subscription { roomEntered { id } }' },
    {
      next({ data }) {
        const id = data?.roomEntered.id ?? 'nothing';
        if (times.has(id)) doubles.push(id);
        else times.set(id, performance.now());
        news.dispatchEvent(new Event('entry'));
      },
      error: () => {},
      complete: () => {},
    },
  );
  // The start of a subscription is not announced, so entries are made until one comes.
  while (times.size === 0) {
    await enter();
    await sleep(20);
  }
  return { times, doubles, next, stop: () => void socket.client.dispose() };
}

/** The process of PostgreSQL whose client leads. */
async function leaderOf({ database }: RelayWorld): Promise<number | undefined> {
  const [lock] = await database.$queryRawUnsafe<{ pid: number }[]>(
    `SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
      WHERE datname = current_database() AND locktype = 'advisory' AND classid = 72707370 AND objid = 2`,
  );
  return lock?.pid;
}

/** Resolves with the time when another client leads. */
async function untilLeadBy(world: RelayWorld, before: number | undefined): Promise<number> {
  for (;;) {
    const leader = await leaderOf(world);
    if (leader !== undefined && leader !== before) return performance.now();
    await sleep(10);
  }
}

/** The data of an entry: a room, and an ADMIN who may see entries. */
export async function anEntry({ database, rooms }: Pick<RelayWorld, 'database' | 'rooms'>) {
  const { id: userId } = await database.user.findFirstOrThrow({ where: { usernameKey: 'admin' } });
  await database.membership.create({ data: { userId, group: 'MANAGER' } });
  const room = await rooms.room.create({ data: { name: 'Lab', floor: 1, groups: [] } });
  return { roomId: room.id, userId };
}
