import { asAdmin } from './postgres-database.ts';
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
import type { AnyTwoNodes } from './two-nodes.ts';

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

/**
 * Rounds in which the second node has a subscriber, and the first one does what concerns it: an entry must
 * reach it once, and when its group is revoked its socket must be closed with 4403 and tell nothing more.
 * Both just after the fault.
 */
export async function subscribeInRounds(
  nodes: AnyTwoNodes,
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

/** Frozen: the database's processes are stopped as by a debugger, and say nothing to anybody. */
async function makeFault({ database }: AnyTwoNodes, fault: Fault): Promise<void> {
  if (fault === 'cut') {
    const found = await database.$queryRawUnsafe<{ pid: number }[]>(listeners);
    // The owner of the database may not end the connections of the nodes.
    await asAdmin((admin) =>
      admin.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [
        found.map(({ pid }) => pid),
      ]),
    );
  }
  if (fault === 'frozen') {
    const found = await database.$queryRawUnsafe<{ pid: number }[]>(listeners);
    for (const { pid } of found) await freeze(database, pid);
  }
}

/**
 * Freezes a process between two statements, as a frozen network leaves it: amid one it would keep the lock by which events
 * are relayed. It goes on a little later, and then ends: its client has left by then.
 */
async function freeze(database: AnyTwoNodes['database'], pid: number): Promise<void> {
  for (;;) {
    signal(pid, 'SIGSTOP');
    const [found] = await database.$queryRawUnsafe<{ state: string }[]>(
      'SELECT state FROM pg_stat_activity WHERE pid = $1',
      pid,
    );
    if (found?.state !== 'active') break;
    signal(pid, 'SIGCONT');
  }
  setTimeout(() => signal(pid, 'SIGCONT'), 3_000);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
