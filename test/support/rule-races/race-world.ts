import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Answer } from '../ask.ts';
import { ask } from '../ask.ts';
import type { Environment, Gatehouse } from '../process.ts';
import { type AnyTwoNodes, startTwoNodes } from '../two-nodes.ts';
import { createRaceTables } from './race-tables.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const login = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken user { id } }
}`;

export interface RaceUser {
  readonly id: string;
  readonly accessToken: string;
}

export type RaceWorld = Awaited<ReturnType<typeof startRaceWorld>>;

/** Two nodes that serve the races over one PostgreSQL, with users who have logged in, orders and wards. */
export async function startRaceWorld(
  gatehouse: Gatehouse,
  settings: Environment = {},
  start: (gatehouse: Gatehouse, settings: Environment) => Promise<AnyTwoNodes> = startTwoNodes,
) {
  const words = ['--project', folder];
  const { urls, username, password, database } = await start(
    {
      ...gatehouse,
      serve: (environment) => gatehouse.serve(environment, words),
      serveHere: (environment) => gatehouse.serveHere(environment, words),
    },
    { LOGIN_ATTEMPTS_PER_ADDRESS: '100000', ACCESS_TOKEN_SECONDS: '3600', ...settings },
  );
  await createRaceTables(database);
  const anyUrl = () => urls[Math.floor(Math.random() * urls.length)] ?? '';
  const mutate = (user: Pick<RaceUser, 'accessToken'> | undefined, fields: string) =>
    ask(`${anyUrl()}/graphql`, `mutation { ${fields} }`, token(user));
  const logIn = async (name: string): Promise<RaceUser> => {
    const variables = { username: name, password };
    const { data } = await ask(`${anyUrl()}/graphql`, login, { variables });
    return { id: data.login.user.id, accessToken: data.login.accessToken };
  };
  const admin = await logIn(username);
  const createUser = async (): Promise<RaceUser> => {
    const name = `user-${randomUUID().slice(0, 8)}`;
    const input = `{ username: "${name}", password: "${password}", groups: [] }`;
    requireDone(await mutate(admin, `createUser(input: ${input}) { id }`));
    return logIn(name);
  };
  const users = await inTurn(6, createUser);
  const orders = await inTurn(4, async () => {
    const id = randomUUID();
    const owner = users[0]?.id ?? '';
    await database.$executeRaw`INSERT INTO race_orders VALUES (${id}::uuid, ${owner}::uuid)`;
    await database.$executeRaw`
      INSERT INTO race_turns (key, holder, seen) VALUES (${id}, ${owner}::uuid, '{}')`;
    return id;
  });
  const wards = await inTurn(2, async () => {
    const id = randomUUID();
    await database.$executeRaw`INSERT INTO race_wards VALUES (${id}::uuid)`;
    return id;
  });
  return { database, mutate, admin, users, orders, wards };
}

const token = (user: Pick<RaceUser, 'accessToken'> | undefined) =>
  user === undefined ? {} : { token: user.accessToken };

async function inTurn<T>(times: number, make: () => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  while (made.length < times) made.push(await make());
  return made;
}

/** @throws {Error} unless an operation was answered with 200. */
export function requireDone({ status, text }: Answer): void {
  if (status !== 200) throw new Error(`${status} ${text}`);
}
