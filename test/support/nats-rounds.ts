import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { NatsServer } from './nats-server.ts';
import { startNatsServer } from './nats-server.ts';
import type { Environment, Gatehouse } from './process.ts';
import { anEntry, follow } from './relay-rounds.ts';
import { startRelayWorld } from './relay-world.ts';

/** What becomes of the NATS server: killed and started again, or frozen and thawed. */
export type NatsFault = 'stopped' | 'frozen';

/** What a subscriber of the second node saw. */
export interface NatsRound {
  /** How many entries were committed. */
  readonly entries: number;
  /** How many of them were committed while NATS was away. */
  readonly late: number;
  readonly lost: number;
  readonly doubled: number;
  /** From a commit to the subscriber, at most, in milliseconds. */
  readonly slowestMs: number;
  /** The longest time of a commit while NATS was away, in milliseconds. */
  readonly slowestCommitMs: number;
}

const writers = 4;
/** Fewer than a subscriber may leave waiting. */
const maxUnseen = 500;

/** Starts a NATS server and two nodes that use it. */
export async function startNatsWorld(gatehouse: Gatehouse, settings: Environment = {}) {
  const nats = await startNatsServer();
  onTestFinished(nats.remove); // after the nodes, which end before
  const world = await startRelayWorld(gatehouse, { ...settings, EVENTS_URL: nats.url });
  return { ...world, nats };
}

export interface NatsRoundsOptions {
  readonly faults: readonly NatsFault[];
  /** How long the server is away. */
  readonly seconds: number;
}

/** Rounds in which entries are committed all the time, and the NATS server is away for a while. */
export async function loseNatsInRounds(
  world: Awaited<ReturnType<typeof startNatsWorld>>,
  { faults, seconds }: NatsRoundsOptions,
): Promise<readonly NatsRound[]> {
  const data = await anEntry(world);
  const enter = async () => (await world.rooms.roomEntry.create({ data, select: { id: true } })).id;
  const [, other] = world.nodes;
  if (other === undefined) throw new Error('Two nodes are needed.');
  const rounds: NatsRound[] = [];
  for (const fault of faults) {
    const seen = await follow(world, { other, enter }, (seconds + 30) * 1_000);
    rounds.push(await runRound(seen, { enter, away: () => leaveFor(world.nats, fault, seconds) }));
    seen.stop();
  }
  return rounds;
}

async function leaveFor(nats: NatsServer, fault: NatsFault, seconds: number): Promise<void> {
  if (fault === 'stopped') await nats.kill();
  else nats.freeze();
  await setTimeout(seconds * 1_000);
  if (fault === 'stopped') await nats.start();
  else nats.thaw();
}

interface Round {
  readonly enter: () => Promise<string>;
  readonly away: () => Promise<void>;
}

async function runRound(
  seen: Awaited<ReturnType<typeof follow>>,
  { enter, away }: Round,
): Promise<NatsRound> {
  const committed = new Map<string, number>();
  const before = seen.times.size;
  let [isWriting, isAway] = [true, false];
  let [late, slowestCommitMs] = [0, 0];
  const unseen = () => committed.size + before - seen.times.size;
  const writing = Array.from({ length: writers }, async () => {
    while (isWriting) {
      if (unseen() > maxUnseen) {
        await setTimeout(20);
        continue;
      }
      const startMs = performance.now();
      const id = await enter();
      const atMs = performance.now();
      committed.set(id, atMs);
      if (!isAway) continue;
      late += 1;
      slowestCommitMs = Math.max(slowestCommitMs, atMs - startMs);
      await setTimeout(50);
    }
  });
  const seeMore = async (count: number) => {
    for (const goal = seen.times.size + count; seen.times.size < goal; ) await seen.next();
  };

  await seeMore(100);
  isAway = true;
  await away();
  isAway = false;
  await seeMore(100);
  isWriting = false;
  await Promise.all(writing);
  const last = await enter();
  while (!seen.times.has(last)) await seen.next();
  const delays = [...committed].map(([id, atMs]) => (seen.times.get(id) ?? Number.NaN) - atMs);
  const lost = delays.filter(Number.isNaN).length;
  return {
    entries: committed.size,
    late,
    lost,
    doubled: seen.doubles.length,
    slowestCommitMs,
    slowestMs: Math.max(...delays.filter((delay) => !Number.isNaN(delay))),
  };
}
