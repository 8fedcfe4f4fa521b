import { randomUUID } from 'node:crypto';
import { type Answer, ask } from './ask.ts';
import { userPassword } from './test-server.ts';
import { openTestSocket } from './test-socket.ts';
import type { TwoNodes } from './two-nodes.ts';

/** What becomes of the connections on which the nodes listen, just before something happens. */
export type Fault = 'none' | 'cut' | 'frozen';

/** How long it took the other node, in milliseconds from the answer to the cause on. */
export interface RoundTimes {
  /** Until a subscriber had an entry. */
  readonly eventMs: number;
  /** Until the socket of a viewer was closed who had lost the group. */
  readonly closeMs: number;
}

export interface SubscriptionRounds {
  /** What is not as it must be; empty: all of it is. */
  readonly faults: readonly string[];
  readonly times: readonly RoundTimes[];
}

interface World {
  readonly nodes: TwoNodes;
  readonly admin: string;
  /** Someone who may enter the room. */
  readonly staff: string;
  readonly roomId: string;
}

/**
 * Rounds in which the second node has a subscriber, and the first one does what concerns it: an entry must
 * reach it once, and when its group is revoked its socket must be closed with 4403 and tell nothing more.
 * Both just after the fault.
 */
export async function subscribeInRounds(
  nodes: TwoNodes,
  { rounds, fault }: { readonly rounds: number; readonly fault: Fault },
): Promise<SubscriptionRounds> {
  const world = await aWorld(nodes);
  const faults: string[] = [];
  const times: RoundTimes[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const tell = (what: string) => void faults.push(`round ${round}: ${what}`);
    times.push(await runRound(world, fault, tell));
  }
  return { faults, times };
}

async function runRound(
  world: World,
  fault: Fault,
  tell: (what: string) => void,
): Promise<RoundTimes> {
  const { nodes, admin } = world;
  const user = await aUser(nodes, admin, 'MANAGER');
  const socket = openTestSocket(nodes.urls[1] ?? '', { token: user.token });
  const watched = watchEntries(world, socket);
  await watched.begun();

  await makeFault(nodes, fault);
  const entry = await enter(world);
  const enteredAtMs = performance.now();
  const eventMs = (await watched.timeOf(entry)) - enteredAtMs;

  await makeFault(nodes, fault);
  await change(nodes, admin, `revokeGroup(userId: "${user.id}", group: MANAGER) { id }`);
  const revokedAtMs = performance.now();
  const unseen = await enter(world);
  const { code, reason, atMs } = await socket.ended;
  if (code !== 4403) tell(`closed with ${code} ${reason}`);
  const ids = watched.ids();
  if (new Set(ids).size !== ids.length) tell('an entry came twice');
  if (ids.includes(unseen)) tell('an entry came after the group was revoked');
  return { eventMs, closeMs: atMs - revokedAtMs };
}

/** What a subscriber sees, and when. */
function watchEntries(world: World, socket: ReturnType<typeof openTestSocket>) {
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
    /** Resolves once the subscription runs: nobody is told of it, so entries are made until one comes. */
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

const listeners = `SELECT pid FROM pg_stat_activity
  WHERE application_name = 'gatehouse notifications' AND datname = current_database()`;

/** Frozen: the database's processes are stopped as by a debugger, and say nothing to anybody. */
async function makeFault({ database }: TwoNodes, fault: Fault): Promise<void> {
  if (fault === 'cut') {
    await database.$queryRawUnsafe(
      `SELECT pg_terminate_backend(pid) FROM (${listeners}) AS listener`,
    );
  }
  if (fault === 'frozen') {
    const found = await database.$queryRawUnsafe<{ pid: number }[]>(listeners);
    for (const { pid } of found) freeze(pid);
  }
}

/** It goes on a little later, and then ends: its client has left by then. */
function freeze(pid: number): void {
  signal(pid, 'SIGSTOP');
  setTimeout(() => signal(pid, 'SIGCONT'), 3_000);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

async function aWorld(nodes: TwoNodes): Promise<World> {
  const admin = (await logIn(nodes, nodes.username, nodes.password)).token;
  const manager = await aUser(nodes, admin, 'MANAGER');
  const staff = await aUser(nodes, admin, 'STAFF');
  const room = 'createRoom(input: { name: "Lab", floor: 1, groups: [STAFF] }) { id }';
  const { createRoom } = await change(nodes, manager.token, room);
  return { nodes, admin, staff: staff.token, roomId: createRoom.id };
}

async function enter({ nodes, staff, roomId }: World): Promise<string> {
  return (await change(nodes, staff, `enterRoom(id: "${roomId}") { id }`)).enterRoom.id;
}

/** A new user in the group, logged in. */
async function aUser(nodes: TwoNodes, admin: string, group: string) {
  const username = `user-${randomUUID().slice(0, 8)}`;
  const input = `{ username: "${username}", password: "${userPassword}", groups: [${group}] }`;
  await change(nodes, admin, `createUser(input: ${input}) { id }`);
  return logIn(nodes, username, userPassword);
}

async function logIn(nodes: TwoNodes, username: string, password: string) {
  const credentials = `username: "${username}", password: "${password}"`;
  const { login } = await change(
    nodes,
    undefined,
    `login(${credentials}) { accessToken user { id } }`,
  );
  return { token: String(login.accessToken), id: String(login.user.id) };
}

/** Makes a change at the first node. */
async function change(
  { urls }: TwoNodes,
  token: string | undefined,
  mutation: string,
): Promise<Answer['data']> {
  const answer = await ask(`${urls[0]}/graphql`, `mutation { ${mutation} }`, {
    ...(token === undefined ? {} : { token }),
  });
  if (answer.status !== 200) throw new Error(`${mutation}: ${answer.status} ${answer.text}`);
  return answer.data;
}
