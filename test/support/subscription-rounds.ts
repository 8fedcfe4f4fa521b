import { follow, openRoomAt } from './entries.ts';
import { listenerPids } from './listener-pids.ts';
import type { TestUser } from './node-client.ts';
import { asAdmin } from './postgres-database.ts';
import type { Rounds } from './rounds.ts';
import type { AnyTwoNodes } from './two-nodes.ts';

/** What becomes of the connections on which the nodes listen, just before something happens. */
export type Fault = 'none' | 'cut' | 'frozen';

type Room = Awaited<ReturnType<typeof openRoomAt>>;

/**
 * The second node has a subscriber, and the first one does what concerns it: an entry must
 * reach it once, and when its group is revoked its socket must be closed with 4403 and tell nothing more.
 * Both just after the fault.
 */
export const subscriptions = (
  { urls: [first = '', second = ''], database, environment }: AnyTwoNodes,
  fault: Fault,
): Rounds<Room & { readonly admin: TestUser }, number> => ({
  async start() {
    const room = await openRoomAt(first);
    return { ...room, admin: await room.anAdmin() };
  },
  async work({ aUser, admin, change, enter }, _each, found) {
    const user = await aUser('MANAGER');
    const seen = await follow(second, user.accessToken);

    await makeFault(database, fault);
    const entry = await enter();
    const enteredAtMs = performance.now();
    found.measure('event', (await seen.timeOf(entry)) - enteredAtMs);

    await makeFault(database, fault);
    await change(`revokeGroup(userId: "${user.id}", group: MANAGER) { id }`, admin);
    const revokedAtMs = performance.now();
    const unseen = await enter();
    const { code, reason, atMs } = await seen.socket.ended;
    found.measure('close', atMs - revokedAtMs);
    found.check(code === 4403, `closed with ${code} ${reason}`);
    found.check(seen.countDoubles() === 0, 'an entry came twice');
    found.check(!seen.times.has(unseen), 'an entry came after the group was revoked');
  },
  figure: (found) =>
    `fault ${fault}, ${found.rounds} rounds${environment.EVENTS_URL === undefined ? '' : ' with NATS'}: ` +
    `entry after ${found.spread('event')} ms, socket closed after ${found.spread('close')} ms ` +
    `(least / median / most); ${found.faults.length} faults`,
});

type Database = AnyTwoNodes['database'];

/** Frozen: the database's processes are stopped as by a debugger, and say nothing to anybody. */
async function makeFault(database: Database, fault: Fault): Promise<void> {
  if (fault === 'none') return;
  const pids = await listenerPids(database);
  if (fault === 'frozen') for (const pid of pids) await freeze(database, pid);
  // The owner of the database may not end the connections of the nodes.
  const cut = 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid';
  if (fault === 'cut') await asAdmin((admin) => admin.query(cut, [pids]));
}

/**
 * Freezes a process between two statements, as a frozen network leaves it: amid one it would keep the lock by which events
 * are relayed. It goes on a little later, and then ends: its client has left by then.
 */
async function freeze(database: Database, pid: number): Promise<void> {
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
