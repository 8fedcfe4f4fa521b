import { setTimeout } from 'node:timers/promises';
import type { Answer } from '../ask.ts';
import { requireDone, type TestUser } from '../node-client.ts';
import { beside, numbered, type Rounds } from '../rounds.ts';
import { findRaceFaults, readRaces } from './check-races.ts';
import { anyOf, type RaceWorld } from './race-world.ts';

/** What a client does, and how often of all operations. */
const shares = {
  useOrder: 20,
  giveOrder: 10,
  useWard: 20,
  leaveWard: 10,
  enterWard: 10,
  manage: 10,
  hire: 5,
  dismiss: 5,
  audit: 10,
} as const;
const kinds = Object.entries(shares).flatMap(([kind, share]) => Array<string>(share).fill(kind));

const clients = 16;

/** Clients act on rows that change hands meanwhile, in so many operations a round. Notes what they did against the rules. */
export const ruleRaces = (world: RaceWorld): Rounds<RaceWorld, number> => ({
  start: async () => world,
  async work(_world, operations, found) {
    const owners = new Map(world.orders.map((id) => [id, world.users[0]]));
    let auditor = anyOf(world.users);
    let begun = 0;
    const client = async () => {
      while (begun < operations) {
        begun += 1;
        const kind = anyOf(kinds);
        const { status, text, code } = await perform(world, { kind, owners, auditor });
        const outcome = `${kind} ${status}${status === 503 ? ` ${code}` : ''}`;
        found.count(outcome);
        found.check([200, 403, 404, 409, 503].includes(status), `${outcome}: ${text}`);
      }
    };
    const revoke = async () => {
      auditor = anyOf(world.users);
      for (const fault of await revokeWhileActing(world, auditor)) found.fault(fault);
      // How often a group was revoked while its holder acted.
      found.count('revokeGroup');
    };
    found.measure('operations', operations);
    await beside([revoke], () => Promise.all(numbered(clients).map(client)));
  },
  async end({ database }, found) {
    for (const fault of findRaceFaults(await readRaces(database))) found.fault(fault);
  },
  figure: (found) =>
    `${found.sum('operations')} operations: ${found.listed()}; ${found.faults.length} faults\n${found.faults.slice(0, 5).join('\n')}`,
});

interface Scene {
  readonly kind: string;
  readonly owners: Map<string, TestUser | undefined>;
  readonly auditor: TestUser;
}

/** Mostly asks as who may do it, as far as the client knows. */
async function perform(
  { mutate, users, orders, wards }: RaceWorld,
  { kind, owners, auditor }: Scene,
): Promise<Answer> {
  const user = anyOf(users);
  const [order, ward] = [anyOf(orders), anyOf(wards)];
  if (kind === 'useOrder') return mutate(owners.get(order) ?? user, `useOrder(id: "${order}")`);
  if (kind === 'giveOrder') {
    const given = `giveOrder(id: "${order}", user: "${user.id}")`;
    const answer = await mutate(owners.get(order), given);
    if (answer.status === 200) owners.set(order, user);
    return answer;
  }
  if (kind === 'audit') return mutate(auditor, 'audit');
  if (kind === 'manage') return mutate(user, 'manage');
  if (kind.endsWith('Ward')) return mutate(user, `${kind}(id: "${ward}")`);
  return mutate(anyOf(users), `${kind}(user: "${user.id}")`);
}

/** Grants a group, revokes it while its holder acts, and counts what was done after the answer. */
async function revokeWhileActing({ mutate, admin, database }: RaceWorld, { id }: TestUser) {
  const of = `(userId: "${id}", group: AUDITOR) { id }`;
  const untilDone = async (mutation: string) => {
    let answer = await mutate(admin, mutation);
    while (answer.status === 503) answer = await mutate(admin, mutation);
    requireDone(answer);
  };
  await untilDone(`grantGroup${of}`);
  await setTimeout(Math.random() * 100);
  await untilDone(`revokeGroup${of}`);
  const countActs = () => database.$queryRaw<unknown[]>`
    SELECT 1 FROM race_acts WHERE key = 'AUDITOR' AND "user" = ${id}::uuid`;
  const { length: before } = await countActs();
  await setTimeout(50);
  const { length: after } = await countActs();
  return before === after ? [] : [`${id} acted ${after - before} times after revokeGroup`];
}
