import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { addNodesRoom, followAsAdmin, type Room } from './entries.ts';
import { startNatsServer } from './nats-server.ts';
import type { Environment, Gatehouse } from './process.ts';
import { enterAmid } from './relay-rounds.ts';
import type { Rounds } from './rounds.ts';
import { startTwoNodes } from './two-nodes.ts';

/** What becomes of the NATS server: killed and started again, or frozen and thawed. */
export type NatsFault = 'stopped' | 'frozen';

/** Starts a NATS server and two nodes that use it. */
export async function startNatsNodes(gatehouse: Gatehouse, settings: Environment = {}) {
  const nats = await startNatsServer();
  onTestFinished(nats.remove); // after the nodes, which end before
  return { ...(await startTwoNodes(gatehouse, { ...settings, EVENTS_URL: nats.url })), nats };
}

/** Entries are committed all the time, and the NATS server is away for some seconds. */
export const natsFaults = (
  nodes: Awaited<ReturnType<typeof startNatsNodes>>,
  seconds: number,
): Rounds<Room, NatsFault> => ({
  start: () => addNodesRoom(nodes),
  async work(room, fault, found) {
    const [, { url }] = nodes.nodes;
    const { nats } = nodes;
    const seen = await followAsAdmin(url, (seconds + 30) * 1_000);
    await enterAmid({ name: fault, room, seen, half: 100, pauseMs: 50 }, found, async () => {
      if (fault === 'stopped') await nats.kill();
      else nats.freeze();
      await setTimeout(seconds * 1_000);
      if (fault === 'stopped') await nats.start();
      else nats.thaw();
    });
  },
  figure: (found) =>
    (['stopped', 'frozen'] as const)
      .map(
        (fault) =>
          `NATS ${fault} for ${seconds} s: ${found.sum(`${fault}: entries`)} entries, ` +
          `${found.measured(`${fault}: commit meanwhile`).length} of them meanwhile; ` +
          `${found.sum(`${fault}: lost`)} lost, ${found.sum(`${fault}: doubled`)} doubled; ` +
          `an entry after ${found.mostMs(`${fault}: entry`)}, ` +
          `a commit meanwhile after ${found.mostMs(`${fault}: commit meanwhile`)} at most`,
      )
      .join('\n'),
});
