import { randomUUID } from 'node:crypto';
import { createNodeClient, type TestUser } from '../node-client.ts';
import { type Environment, type Gatehouse, inProject } from '../process.ts';
import { type AnyTwoNodes, startTwoNodes } from '../two-nodes.ts';
import { createRaceTables } from './race-tables.ts';

export type RaceWorld = Awaited<ReturnType<typeof startRaceWorld>>;

/** Two nodes that serve the races over one PostgreSQL, with users who have logged in, orders and wards. */
export async function startRaceWorld(
  gatehouse: Gatehouse,
  settings: Environment = {},
  start: (gatehouse: Gatehouse, settings: Environment) => Promise<AnyTwoNodes> = startTwoNodes,
) {
  const { urls, database } = await start(inProject(gatehouse, import.meta.dirname), {
    LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
    ACCESS_TOKEN_SECONDS: '3600',
    ...settings,
  });
  await createRaceTables(database);
  const client = createNodeClient(() => anyOf(urls));
  const mutate = (user: Pick<TestUser, 'accessToken'> | undefined, fields: string) =>
    client.ask(`mutation { ${fields} }`, user === undefined ? {} : { token: user.accessToken });
  const admin = await client.anAdmin();
  const users = await repeat(6, client.aUser);
  const orders = await repeat(4, async () => {
    const id = randomUUID();
    const owner = users[0]?.id ?? '';
    await database.$executeRaw`INSERT INTO race_orders VALUES (${id}::uuid, ${owner}::uuid)`;
    await database.$executeRaw`
      INSERT INTO race_turns (key, holder, seen) VALUES (${id}, ${owner}::uuid, '{}')`;
    return id;
  });
  const wards = await repeat(2, async () => {
    const id = randomUUID();
    await database.$executeRaw`INSERT INTO race_wards VALUES (${id}::uuid)`;
    return id;
  });
  return { database, mutate, admin, users, orders, wards };
}

export function anyOf<T>(list: readonly T[]): T {
  const item = list[Math.floor(Math.random() * list.length)];
  if (item === undefined) throw new Error('The list is empty.');
  return item;
}

async function repeat<T>(times: number, make: () => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  while (made.length < times) made.push(await make());
  return made;
}
