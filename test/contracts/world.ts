import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGatehouse, type Gatehouse, type GatehouseOptions } from 'graphql-gatehouse';
import { type Answer, type AskOptions, ask } from '../support/ask.ts';
import { unpackPreparedDatabase } from '../support/unpack-database.ts';
import type { Host, RunningHost } from './hosts.ts';

export const adminPassword = 'violet-otter-ladder-93-quay';
export const userPassword = 'plum-kettle-orbit-58-fern';

/** An embedded database is made and migrated first, in a folder, on a machine that may be busy. */
export const startTimeoutMs = 120_000;

/** Someone who has logged in. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** One host with its people. */
export interface World {
  readonly gatehouse: Gatehouse;
  readonly host: RunningHost;
  readonly logLines: readonly string[];
  readonly admin: Person;
  ask(query: string, options?: AskOptions): Promise<Answer>;
  logIn(username: string): Promise<Person>;
  aUser(groups?: readonly string[]): Promise<Person>;
  stop(): Promise<void>;
}

export const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken refreshToken user { id username } }
}`;
const createUserMutation = `mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }`;

/** Starts Gatehouse through its public door, on an embedded database of its own, in one host. */
export async function startWorld(
  { config, start }: Pick<Host, 'config' | 'start'>,
  { directory, environment = {} }: Pick<GatehouseOptions, 'directory' | 'environment'> = {},
): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-host-'));
  await unpackPreparedDatabase(dataDir);
  const logLines: string[] = [];
  const gatehouse = await createGatehouse(config, {
    directory: directory ?? dataDir,
    environment: {
      NODE_ENV: 'test',
      DATA_DIR: dataDir,
      BCRYPT_COST: '4',
      ADMIN_PASSWORD: adminPassword,
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000',
      REFRESH_GRACE_SECONDS: '0',
      ...environment,
    },
    logDestination: { write: (line) => void logLines.push(line) },
  });
  const host = await start(gatehouse);
  const askHere = (query: string, options?: AskOptions) => ask(host.graphqlUrl, query, options);

  async function logIn(username: string): Promise<Person> {
    const password = username === 'admin' ? adminPassword : userPassword;
    const answer = await askHere(loginMutation, { variables: { username, password } });
    const { accessToken, refreshToken, user } = answer.data?.login ?? {};
    if (accessToken === undefined) throw new Error(`login: ${answer.status} ${answer.text}`);
    return { accessToken, refreshToken, id: user.id, username: user.username };
  }

  const admin = await logIn('admin');
  let created = 0;
  async function aUser(groups?: readonly string[]): Promise<Person> {
    created += 1;
    const username = `user-${created}`;
    const variables = { input: { username, password: userPassword, groups } };
    const answer = await askHere(createUserMutation, { token: admin.accessToken, variables });
    if (answer.status !== 200) throw new Error(`createUser: ${answer.status} ${answer.text}`);
    return logIn(username);
  }

  return {
    gatehouse,
    host,
    logLines,
    admin,
    ask: askHere,
    logIn,
    aUser,
    async stop() {
      await host.stop();
      await gatehouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
