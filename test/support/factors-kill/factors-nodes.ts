import { randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { factors } from '@graphql-gatehouse/factors';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { connectPostgres } from '../../../src/database/connect/connect-postgres.ts';
import { grantNode } from '../../../src/database/migrations/grant-node.ts';
import { migrateAll } from '../../../src/database/open-database.ts';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import { type Answer, type AskOptions, ask } from '../ask.ts';
import { createFactorsClient } from '../factors-server.ts';
import { roles } from '../postgres-database.ts';
import type { Environment, Gatehouse, Serving, ServingProcess } from '../process.ts';
import { createMigratedDatabase } from '../test-database.ts';
import { type TestUser, userPassword } from '../test-server.ts';
import { prepareNodes } from '../two-nodes.ts';

const directory = fileURLToPath(new URL('.', import.meta.url));
/** Before `start` and the commands of the package. */
export const projectWords = ['--project', directory];
/** The group that demands two factors. */
export const demandingGroup = 'AUDITOR';
/** The page of passkeys. */
export const pageOrigin = 'https://example.org';

/** Nodes with second factors over one PostgreSQL database, for a role that owns nothing. */
export interface FactorsNodes {
  readonly nodes: readonly Pick<Serving<unknown>, 'url'>[];
  readonly environment: Environment;
  /** The database, for the role of nodes. */
  readonly nodeUrl: string;
  /** A connection of the owner of the tables. */
  readonly sql: pg.Client;
  /** Forgets how often passkeys were used from the address of this machine, which has a limit. */
  forgetAttempts(): Promise<void>;
  /** What users do at a node: the first one by default. */
  client(url?: string): FactorsClient;
  /** Starts one more node on the database at `databaseUrl`, or on the same URL as the others. */
  serve(databaseUrl?: string): Promise<ServingProcess>;
}

export type FactorsClient = ReturnType<typeof createFactorsClient> & {
  ask(query: string, options?: AskOptions): Promise<Answer>;
  /** A new user in these groups, who has logged in by a password. */
  aUser(...groups: readonly string[]): Promise<TestUser>;
  /** An ADMIN that has just logged in. */
  anAdmin(): Promise<TestUser>;
};

/** Where a node runs. In the process of the test it starts sooner, and cannot be killed. */
type Place = 'process' | 'test';

/** Starts a node at each place. */
export async function startFactorsNodes(
  gatehouse: Gatehouse,
  settings: Environment = {},
  places: readonly Place[] = ['process', 'process'],
): Promise<FactorsNodes> {
  const { url, nodeUrl, drop } = await createMigratedDatabase();
  onTestFinished(drop); // after the hooks, which end the processes
  await migrateFactors(url);
  const serve = (given: Environment = {}) => gatehouse.serve(given, projectWords);
  const given = { MIGRATE: 'off', ...nodeSettings, ...settings };
  const { environment } = await prepareNodes(gatehouse, given, nodeUrl);
  const nodes: Pick<Serving<unknown>, 'url'>[] = [];
  // The first one adds the ADMIN.
  for (const place of places) {
    const start = place === 'test' ? gatehouse.serveHere : gatehouse.serve;
    nodes.push(await start(environment, projectWords));
  }
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  onTestFinished(() => sql.end());
  return {
    nodes,
    environment,
    nodeUrl,
    sql,
    async forgetAttempts() {
      await sql.query('DELETE FROM gatehouse_factors.address_attempts');
    },
    client: (at = nodes[0]?.url ?? '') => createClient(at),
    serve: (databaseUrl = nodeUrl) => serve({ ...environment, DATABASE_URL: databaseUrl }),
  };
}

const nodeSettings: Environment = {
  FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}`,
  PASSKEY_RP_ID: 'example.org',
  PASSKEY_ORIGINS: pageOrigin,
  ACCESS_TOKEN_SECONDS: '3600',
  LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
  LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
};

/** Adds the tables of second factors, and grants them to the role of nodes, as its owner. */
async function migrateFactors(url: string): Promise<void> {
  const owner = connectPostgres({ url, onPoolError: () => {}, maxConnections: 2 });
  const histories = historiesOf({ directory, config: { domains: [], packages: [factors()] } });
  await migrateAll(owner, histories);
  await grantNode(owner, roles.node, histories);
  await owner.close();
}

function createClient(url: string): FactorsClient {
  const askHere = (query: string, options?: AskOptions) => ask(`${url}/graphql`, query, options);
  const logIn = async (username: string, password: string): Promise<TestUser> => {
    const answer = await askHere(loginMutation, { variables: { username, password } });
    const { user, ...tokens } = requireDone(answer).data.login;
    return { ...user, ...tokens };
  };
  const anAdmin = () => logIn('admin', 'violet-otter-ladder-93-quay');
  return {
    ...createFactorsClient({ ask: askHere }, () => new Date()),
    ask: askHere,
    anAdmin,
    async aUser(...groups) {
      const { accessToken } = await anAdmin();
      const input = { username: `u${randomUUID().slice(0, 13)}`, password: userPassword, groups };
      requireDone(await askHere(createUser, { token: accessToken, variables: { input } }));
      return logIn(input.username, userPassword);
    },
  };
}

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken refreshToken user { id username } }
}`;
const createUser = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';

/** @throws {Error} unless an operation was answered with 200. */
export function requireDone(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}
