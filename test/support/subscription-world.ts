import { randomUUID } from 'node:crypto';
import { type Answer, ask } from './ask.ts';
import { userPassword } from './test-server.ts';
import type { openTestSocket } from './test-socket.ts';
import type { AnyTwoNodes } from './two-nodes.ts';

/** Two nodes with users who make entries at the first one. */
export interface World {
  readonly nodes: AnyTwoNodes;
  readonly admin: string;
  /** Someone who may enter the room. */
  readonly staff: string;
  readonly roomId: string;
}

/** Selects the connections on which the nodes listen. */
export const listeners = `SELECT pid FROM pg_stat_activity
  WHERE application_name = 'gatehouse notifications' AND datname = current_database()`;

/** What a subscriber sees, and when. */
export function watchEntries(world: World, socket: ReturnType<typeof openTestSocket>) {
  const seenAtMs = new Map<string, number>();
  const ids: string[] = [];
  const waiting = new Map<string, (atMs: number) => void>();
  const stop = socket.client.subscribe<{ roomEntered: { id: string } }>(
    { query: 'subscription { roomEntered { id } }' },
    {
      next({ data }) {
        const id = data?.roomEntered.id ?? 'nothing';
        ids.push(id);
        seenAtMs.set(id, performance.now());
        waiting.get(id)?.(performance.now());
      },
      error: () => {},
      complete: () => {},
    },
  );
  return {
    stop,
    ids: () => ids,
    /** Resolves once the subscription runs: its start is not announced, so entries are made until one comes. */
    async begun(): Promise<void> {
      while (ids.length === 0) {
        await enter(world);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    timeOf: (id: string): Promise<number> =>
      new Promise((resolve) => {
        const atMs = seenAtMs.get(id);
        if (atMs === undefined) waiting.set(id, resolve);
        else resolve(atMs);
      }),
  };
}

export async function aWorld(nodes: AnyTwoNodes): Promise<World> {
  const admin = (await logIn(nodes, nodes.username, nodes.password)).token;
  const manager = await aUser(nodes, admin, 'MANAGER');
  const staff = await aUser(nodes, admin, 'STAFF');
  const room = 'createRoom(input: { name: "Lab", floor: 1, groups: [STAFF] }) { id }';
  const { createRoom } = await change(nodes, manager.token, room);
  return { nodes, admin, staff: staff.token, roomId: createRoom.id };
}

export async function enter({ nodes, staff, roomId }: World): Promise<string> {
  return (await change(nodes, staff, `enterRoom(id: "${roomId}") { id }`)).enterRoom.id;
}

/** A new user in the group, logged in. */
export async function aUser(nodes: AnyTwoNodes, admin: string, group: string) {
  const username = `user-${randomUUID().slice(0, 8)}`;
  const input = `{ username: "${username}", password: "${userPassword}", groups: [${group}] }`;
  await change(nodes, admin, `createUser(input: ${input}) { id }`);
  return logIn(nodes, username, userPassword);
}

export async function logIn(nodes: AnyTwoNodes, username: string, password: string) {
  const credentials = `username: "${username}", password: "${password}"`;
  const { login } = await change(
    nodes,
    undefined,
    `login(${credentials}) { accessToken user { id } }`,
  );
  return { token: String(login.accessToken), id: String(login.user.id) };
}

/** Makes a change at the first node. */
export async function change(
  { urls }: AnyTwoNodes,
  token: string | undefined,
  mutation: string,
): Promise<Answer['data']> {
  const answer = await ask(`${urls[0]}/graphql`, `mutation { ${mutation} }`, {
    ...(token === undefined ? {} : { token }),
  });
  if (answer.status !== 200) throw new Error(`${mutation}: ${answer.status} ${answer.text}`);
  return answer.data;
}
