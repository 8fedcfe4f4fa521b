import { onTestFinished } from 'vitest';
import { type Answer, type AskOptions, ask } from '../support/ask.ts';
import type { Environment, Gatehouse, ServingProcess } from '../support/process.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

export const userPassword = 'plum-kettle-orbit-58-fern';
const adminPassword = 'violet-otter-ladder-93-quay';

/** The kind of database that `TEST_DATABASE_KIND` chooses, as the tests do. */
export const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';

/** The built program, serving, with what a proof about logins asks of it. */
export interface LoginWorld {
  /** Ends the nodes, and starts as many with these settings changed. */
  restart(changed: Environment): Promise<void>;
  /** The nodes, all on one database. */
  readonly nodes: readonly ServingProcess[];
  ask(query: string, options?: AskOptions & { readonly node?: number }): Promise<Answer>;
  logIn(username: string, password: string, node?: number): Promise<Answer>;
  /** Makes users named `<prefix>0`, `<prefix>1` and so on. */
  makeUsers(prefix: string, count: number): Promise<readonly string[]>;
}

const loginMutation = `mutation ($u: String!, $p: String!) {
  login(username: $u, password: $p) { accessToken }
}`;

/** Starts `nodes` processes; more than one only on PostgreSQL. */
export async function startLoginWorld(
  gatehouse: Gatehouse,
  settings: Environment,
  { nodes: count = 1 } = {},
): Promise<LoginWorld> {
  const environment = { ...settings, ...(await databaseSettings()), ADMIN_PASSWORD: adminPassword };
  if (!isPostgres) await gatehouse.prepareDataDir();
  const nodes: ServingProcess[] = [];
  const startNodes = async (changed: Environment = {}) => {
    for (let n = 0; n < count; n += 1) {
      nodes.push(await gatehouse.serve({ ...environment, ...changed }));
    }
  };
  await startNodes();

  const askNode: LoginWorld['ask'] = (query, { node = 0, ...options } = {}) =>
    ask(`${nodes[node]?.url}/graphql`, query, options);
  const logIn: LoginWorld['logIn'] = (u, p, node = 0) =>
    askNode(loginMutation, { variables: { u, p }, node });
  return {
    nodes,
    async restart(changed) {
      await Promise.all(nodes.splice(0).map(({ stop }) => stop()));
      await startNodes(changed);
    },
    ask: askNode,
    logIn,
    async makeUsers(prefix, users) {
      const token = (await logIn('admin', adminPassword)).data.login.accessToken;
      const names = Array.from({ length: users }, (_, n) => `${prefix}${n}`);
      for (const username of names) {
        const query = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
        const variables = { input: { username, password: userPassword } };
        const { status, text } = await askNode(query, { token, variables });
        if (status !== 200) throw new Error(`createUser: ${status} ${text}`);
      }
      return names;
    },
  };
}

async function databaseSettings(): Promise<Environment> {
  if (!isPostgres) return {};
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop); // after the hooks, which end the processes
  return { DATABASE_URL: url };
}

/** The value below which the share `at` of the values lies; 0.99: the 99th percentile. */
export function percentile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * at) - 1)] ?? Number.NaN;
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);
