import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { createNodeClient, type TestUser } from './node-client.ts';
import { roomsClient } from './rooms-project.ts';
import { openTestSocket } from './test-socket.ts';
import type { PreparedNodes } from './two-nodes.ts';

/** Who enters a room. */
export interface Room {
  /** Commits an entry, and returns its id. */
  enter(): Promise<string>;
}

/** A room whose entries are committed without a node. */
export interface DatabaseRoom extends Room {
  /** Commits entries in one transaction, and returns their ids in their order. */
  enterTogether(count: number): Promise<readonly string[]>;
}

/** Adds a room that the user enters. */
export async function addRoom(
  rooms: ReturnType<typeof roomsClient>,
  userId: string,
): Promise<DatabaseRoom> {
  const { id: roomId } = await rooms.room.create({ data: { name: 'Lab', floor: 1, groups: [] } });
  const entry = { roomId, userId };
  return {
    enter: async () => (await rooms.roomEntry.create({ data: entry, select: { id: true } })).id,
    async enterTogether(count) {
      const data = Array.from({ length: count }, () => entry);
      const rows = await rooms.roomEntry.createManyAndReturn({ data, select: { id: true } });
      return rows.map(({ id }) => id);
    },
  };
}

/** Adds one to the database of nodes, for their first ADMIN, who then may see entries. */
export async function addNodesRoom({
  database,
  environment,
}: Pick<PreparedNodes, 'database' | 'environment'>): Promise<DatabaseRoom> {
  const url = environment.DATABASE_URL ?? '';
  const { adapter, close } = connectPostgres({ url, onPoolError: () => {} });
  const rooms = roomsClient({ adapter });
  onTestFinished(() => rooms.$disconnect().then(close));
  const { id: userId } = await database.user.findFirstOrThrow({ where: { usernameKey: 'admin' } });
  await database.membership.create({ data: { userId, group: 'MANAGER' } });
  return addRoom(rooms, userId);
}

/** Adds one by a node, which a user enters there. */
export async function openRoomAt(url: string) {
  const client = createNodeClient(url);
  const [manager, staff] = [await client.aUser('MANAGER'), await client.aUser('STAFF')];
  const change = (field: string, { accessToken }: Pick<TestUser, 'accessToken'>) =>
    client.dataOf(`mutation { ${field} }`, accessToken);
  const room = 'createRoom(input: { name: "Lab", floor: 1, groups: [STAFF] }) { id }';
  const { id } = (await change(room, manager)).createRoom;
  return {
    ...client,
    change,
    async enter(): Promise<string> {
      return (await change(`enterRoom(id: "${id}") { id }`, staff)).enterRoom.id;
    },
  };
}

/** What a subscriber has seen. */
export type Subscriber = Awaited<ReturnType<typeof follow>>;

/** Subscribes to entries as the first ADMIN. */
export async function followAsAdmin(url: string, patienceMs?: number): Promise<Subscriber> {
  return follow(url, (await createNodeClient(url).anAdmin()).accessToken, patienceMs);
}

/** Subscribes to entries. Resolves when the subscription is open: the answer to a later query of its socket says so. */
export async function follow(url: string, token: string, patienceMs = 60_000) {
  const socket = openTestSocket(url, { token });
  /** In the order of their arrival. */
  const ids: string[] = [];
  /** When each came first. */
  const times = new Map<string, number>();
  const news = new EventTarget();
  let ended: string | undefined;
  socket.client.subscribe<{ roomEntered: { id: string } }>(
    { query: 'subscription { roomEntered { id } }' },
    {
      next({ data }) {
        const id = data?.roomEntered.id ?? 'nothing';
        ids.push(id);
        if (!times.has(id)) times.set(id, performance.now());
        news.dispatchEvent(new Event('entry'));
      },
      error(error) {
        ended = JSON.stringify(error);
      },
      complete: () => {},
    },
  );
  await socket.subscribe('{ __typename }').result();
  /** @throws when no entry comes for `patienceMs`. */
  const until = async (isReached: () => boolean): Promise<void> => {
    while (!isReached()) await once(news, 'entry', { signal: AbortSignal.timeout(patienceMs) });
  };
  return {
    socket,
    ids,
    times,
    until,
    /** Waits until so many more have come. */
    async more(count: number): Promise<void> {
      const goal = times.size + count;
      await until(() => times.size >= goal);
    },
    async timeOf(id: string): Promise<number> {
      await until(() => times.has(id));
      return times.get(id) ?? Number.NaN;
    },
    countDoubles: () => ids.length - times.size,
    /** The error that has ended the subscription. */
    end: () => ended,
  };
}
