import { setTimeout } from 'node:timers/promises';
import { anEntry, type RelayWorld } from './relay-rounds.ts';
import { logIn } from './subscription-world.ts';
import { openTestSocket } from './test-socket.ts';
import type { AnyTwoNodes } from './two-nodes.ts';

export interface SubscriptionStarts {
  /** The nodes, which get subscriptions in turn. */
  readonly urls: readonly string[];
  /** Of a user who may see entries. */
  readonly token: string;
  /** Commits so many entries in one transaction, and returns their ids in their order. */
  readonly enter: (count: number) => Promise<readonly string[]>;
  readonly subscriptions: number;
  /** The maximum number of rows of a transaction. */
  readonly maxRows: number;
}

type Started = Awaited<ReturnType<typeof subscribe>>;

/** More than any test needs; a missing entry is reported after this time. */
const patienceMs = 60_000;

/**
 * Opens subscriptions between transactions of several rows, of which every second one begins once all entries before it
 * have arrived elsewhere. All stay open until the end.
 *
 * Returns the faults: entries from before the subscription, missing, doubled or in another order.
 */
export async function subscribeBetweenBatches(options: SubscriptionStarts) {
  const { urls, token, enter, subscriptions, maxRows } = options;
  const committed: string[] = [];
  const started: { readonly from: number; readonly subscription: Started }[] = [];
  const write = async (count: number) => void committed.push(...(await enter(count)));

  for (let index = 0; index < subscriptions; index += 1) {
    await write(maxRows - ((index * 17) % maxRows));
    if (index % 2 === 1) await allArrived(started, committed.length);
    const url = urls[index % urls.length] ?? '';
    const from = committed.length;
    started.push({ from, subscription: await subscribe(url, token) });
  }
  await write(maxRows);
  await allArrived(started, committed.length);

  const faults = started.flatMap(({ from, subscription }, index) => {
    const wanted = committed.slice(from);
    const got = subscription.ids;
    if (JSON.stringify(got) === JSON.stringify(wanted)) return [];
    const before = got.filter((id) => committed.indexOf(id) < from).length;
    const missing = wanted.filter((id) => !got.includes(id)).length;
    return [
      `subscription ${index}: ${got.length} entries for ${wanted.length}, ` +
        `${before} from before, ${missing} missing; ${subscription.end() ?? 'open'}`,
    ];
  });
  await Promise.all(started.map(({ subscription }) => subscription.stop()));
  return { entries: committed.length, faults };
}

/** Resolves when each subscription has as many entries as it should have, or after a while. */
async function allArrived(
  started: readonly { readonly from: number; readonly subscription: Started }[],
  count: number,
): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  const isLate = () => performance.now() > untilMs;
  const hasAll = () =>
    started.every(({ from, subscription }) => subscription.ids.length >= count - from);
  while (!hasAll() && !isLate()) await setTimeout(5);
}

/** Resolves when the subscription is open: the answer to a query that was sent after it says so. */
async function subscribe(url: string, token: string) {
  const socket = openTestSocket(url, { token });
  const ids: string[] = [];
  let ended: string | undefined;
  socket.client.subscribe<{ roomEntered: { id: string } }>(
    { query: 'subscription { roomEntered { id } }' },
    {
      next: ({ data }) => void ids.push(data?.roomEntered.id ?? 'nothing'),
      error(error) {
        ended = JSON.stringify(error);
      },
      complete: () => {},
    },
  );
  await socket.subscribe('{ __typename }').result();
  return { ids, end: () => ended, stop: () => socket.close() };
}

/** The same on two nodes over PostgreSQL, as a user in the group MANAGER. */
export async function subscribeOnNodes(
  world: RelayWorld & AnyTwoNodes,
  options: Pick<SubscriptionStarts, 'subscriptions' | 'maxRows'>,
) {
  const entry = await anEntry(world);
  const { token } = await logIn(world, world.username, world.password);
  const enter = (count: number) => enterTogether(world.rooms, entry, count);
  return subscribeBetweenBatches({ ...options, urls: world.urls, token, enter });
}

/** Commits entries in one transaction, and returns their ids in their order. */
export async function enterTogether(
  rooms: RelayWorld['rooms'],
  entry: { readonly roomId: string; readonly userId: string },
  count: number,
): Promise<readonly string[]> {
  const data = Array.from({ length: count }, () => entry);
  const rows = await rooms.roomEntry.createManyAndReturn({ data, select: { id: true } });
  return rows.map(({ id }) => id);
}
