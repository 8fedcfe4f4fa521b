import { setTimeout } from 'node:timers/promises';
import type { Answer } from '../ask.ts';
import { findRaceFaults, readRaces } from './check-races.ts';
import { type RaceUser, type RaceWorld, requireDone } from './race-world.ts';

export interface RaceRun {
  readonly operations: number;
  readonly clients: number;
}

export interface RaceResult {
  /** By operation and status, such as `useWard 200`. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How often a group was revoked with `revokeGroup` while its holder acted. */
  readonly revocations: number;
  readonly faults: readonly string[];
}

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

const anyOf = <T>(list: readonly T[]): T => {
  const item = list[Math.floor(Math.random() * list.length)];
  if (item === undefined) throw new Error('The list is empty.');
  return item;
};

/** Lets clients act on rows that change hands meanwhile, and returns what they did against the rules. */
export async function runRaces(world: RaceWorld, { operations, clients }: RaceRun) {
  const outcomes: Record<string, number> = {};
  const faults: string[] = [];
  const owners = new Map(world.orders.map((id) => [id, world.users[0]]));
  let auditor = anyOf(world.users);
  let begun = 0;
  const client = async () => {
    while (begun < operations) {
      begun += 1;
      const kind = anyOf(kinds);
      const { status, text, code } = await perform(world, { kind, owners, auditor });
      const outcome = `${kind} ${status}${status === 503 ? ` ${code}` : ''}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (![200, 403, 404, 409, 503].includes(status)) faults.push(`${outcome}: ${text}`);
    }
  };
  let revocations = 0;
  const revoker = async () => {
    while (begun < operations) {
      auditor = anyOf(world.users);
      faults.push(...(await revokeWhileActing(world, auditor)));
      revocations += 1;
    }
  };
  await Promise.all([revoker(), ...Array.from({ length: clients }, client)]);
  faults.push(...findRaceFaults(await readRaces(world.database)));
  const result: RaceResult = { outcomes, revocations, faults };
  return result;
}

interface Scene {
  readonly kind: string;
  readonly owners: Map<string, RaceUser | undefined>;
  readonly auditor: RaceUser;
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
async function revokeWhileActing({ mutate, admin, database }: RaceWorld, { id }: RaceUser) {
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
