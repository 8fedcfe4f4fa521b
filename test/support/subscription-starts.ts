import { addNodesRoom, type DatabaseRoom, follow, type Subscriber } from './entries.ts';
import { createNodeClient } from './node-client.ts';
import type { Rounds } from './rounds.ts';
import type { AnyTwoNodes } from './two-nodes.ts';

/** Where subscriptions are opened. */
export interface SubscriptionStarts {
  /** The nodes, which get subscriptions in turn. */
  readonly urls: readonly string[];
  /** Of a user who may see entries. */
  readonly token: string;
  readonly room: DatabaseRoom;
}

interface StartsWorld extends SubscriptionStarts {
  readonly committed: string[];
  readonly started: { readonly from: number; readonly seen: Subscriber }[];
}

/** The maximum number of rows of a transaction. */
const maxRows = 50;

/**
 * Opens subscriptions between transactions of several rows, of which every second one begins once all entries before it
 * have arrived elsewhere. All stay open until the end.
 *
 * Notes faults: entries from before the subscription, missing, doubled or in another order.
 */
export const subscriptionStarts = (
  given: () => Promise<SubscriptionStarts>,
): Rounds<StartsWorld, number> => ({
  start: async () => ({ ...(await given()), committed: [], started: [] }),
  async work(world, index) {
    const { urls, token, committed, started } = world;
    await write(world, maxRows - ((index * 17) % maxRows));
    if (index % 2 === 1) await allArrived(world);
    const from = committed.length;
    started.push({ from, seen: await follow(urls[index % urls.length] ?? '', token) });
  },
  async end(world, found) {
    await write(world, maxRows);
    await allArrived(world);
    const { committed, started } = world;
    for (const [index, { from, seen }] of started.entries()) {
      const wanted = committed.slice(from);
      if (JSON.stringify(seen.ids) === JSON.stringify(wanted)) continue;
      const before = seen.ids.filter((id) => committed.indexOf(id) < from).length;
      const missing = wanted.filter((id) => !seen.ids.includes(id)).length;
      found.fault(
        `subscription ${index}: ${seen.ids.length} entries for ${wanted.length}, ` +
          `${before} from before, ${missing} missing; ${seen.end() ?? 'open'}`,
      );
    }
    found.count('entries', committed.length);
    await Promise.all(started.map(({ seen }) => seen.socket.close()));
  },
  figure: ({ rounds, outcomes: { entries }, faults }) =>
    `${rounds} subscriptions between transactions of 1 to ${maxRows} rows, ${entries} in all; ${faults.length} faults`,
});

/** Opens them on two nodes over PostgreSQL, as the first ADMIN. */
export const onNodes = (nodes: AnyTwoNodes) => async (): Promise<SubscriptionStarts> => {
  const room = await addNodesRoom(nodes);
  const { accessToken: token } = await createNodeClient(nodes.urls[0] ?? '').anAdmin();
  return { urls: nodes.urls, token, room };
};

const write = async ({ room, committed }: StartsWorld, count: number): Promise<void> =>
  void committed.push(...(await room.enterTogether(count)));

/** Resolves when each subscription has as many entries as it should have, or after a while. */
const allArrived = ({ started, committed }: StartsWorld) =>
  Promise.all(
    started.map(({ from, seen }) =>
      seen.until(() => seen.ids.length >= committed.length - from).catch(() => {}),
    ),
  );
