import { readFile } from 'node:fs/promises';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { operations } from '@graphql-gatehouse/operations';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { z } from 'zod';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { readEventKey } from '../../src/database/events/event-batches.ts';
import { grantNode } from '../../src/database/migrations/grant-node.ts';
import { migrateAll } from '../../src/database/open-database.ts';
import { historiesOf } from '../../src/schema/packages/histories.ts';
import { createCursors } from '../../src/values/cursor.ts';
import { consolePackages } from './console-example.ts';
import type { ConsoleCase, GrowthFacts, Order } from './console-operations.ts';
import { mailSettings } from './mail/mail-server.ts';
import { projectWith, startPackageServer } from './package-server.ts';
import { roles } from './postgres-database.ts';
import { connectExplained, fillForConsole, type RanStatement } from './statement-plans.ts';
import { createMigratedDatabase } from './test-database.ts';
import { type Answer, allowAnyTime, type TestUser, userPassword } from './test-server.ts';

/** What an operation did in the database. */
export interface OperationCost {
  readonly statements: number;
  /** Pages of 8 KB that its statements read. */
  readonly blocks: number;
}

/** A server with the console, on a filled database. */
export interface ConsoleWorld {
  /** Sends an operation of the pages, and returns its statements. @throws {Error} when it is refused. */
  run(asked: ConsoleCase, round?: number): Promise<readonly RanStatement[]>;
  /** Sends any operation, and returns its statements. @throws {Error} when it is refused. */
  send(query: string, variables?: Variables): Promise<readonly RanStatement[]>;
  /** Sends any operation, and returns its answer. */
  ask(query: string): Promise<Answer>;
  /** For the owner of the tables. */
  readonly owner: DatabaseConnection;
  close(): Promise<void>;
}

type Variables = Readonly<Record<string, unknown>>;

/** Runs an operation some times, and returns the least that it did. */
export async function measure(world: ConsoleWorld, asked: ConsoleCase): Promise<OperationCost> {
  const costs: OperationCost[] = [];
  // The first round fills caches. Background work of the server can run beside one of them.
  for (let round = 0; round < 4; round += 1) costs.push(costOf(await world.run(asked, round)));
  const warm = costs.slice(1);
  return {
    statements: Math.min(...warm.map(({ statements }) => statements)),
    blocks: Math.min(...warm.map(({ blocks }) => blocks)),
  };
}

const costOf = (ran: readonly RanStatement[]): OperationCost => ({
  statements: ran.length,
  blocks: ran.reduce((sum, { blocks }) => sum + blocks, 0),
});

const packages = [
  ...consolePackages,
  operations(),
  factors(),
  providers({ ACME: oidc({ issuer: 'https://id.acme.example' }) }),
  // Background work would run other statements meanwhile.
  { ...mail({ signUp: true }), background: {} },
];

const operationsSchema = z.record(z.string(), z.string());

/** Reads the operations that the pages of the console send, by name. */
export async function readConsoleOperations(): Promise<ReadonlyMap<string, string>> {
  const path = '../../packages/console/pages/src/generated/operations.json';
  const json = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
  const texts = Object.values(operationsSchema.parse(json));
  return new Map(texts.map((text) => [/^\w+ (\w+)/.exec(text)?.[1] ?? text, text]));
}

/** Opens a database with a role for nodes that owns nothing, serves the console, and fills the tables. */
export async function startConsoleWorld(sizes: {
  readonly users: number;
  readonly sessions: number;
}): Promise<ConsoleWorld> {
  const postgres = await createMigratedDatabase();
  const owner = connectPostgres({ url: postgres.url, onPoolError: () => {}, maxConnections: 2 });
  const histories = historiesOf(projectWith(packages));
  await migrateAll(owner, histories);
  await grantNode(owner, roles.node, histories);
  await allowAnyTime(owner);
  const ran: RanStatement[] = [];
  const connection = await connectExplained(postgres, (statement) => void ran.push(statement));
  // Ended sessions are not due for removal yet by the clock of the server, but by that of the database.
  const clock = { aheadMs: -3 * 60 * 60 * 1000 };
  const server = await startPackageServer({
    packages,
    now: () => new Date(Date.now() + clock.aheadMs),
    environment: {
      ...mailSettings('smtp://127.0.0.1:1'),
      MAX_SESSIONS_PER_USER: '100',
      PROVIDER_ACME_ID: 'gatehouse',
      PROVIDER_ACME_SECRET: 'secret',
    },
    database: { ...connection, owner },
  });
  const { username } = await server.aUser('ADMIN', 'AUDITOR');
  await fillForConsole(postgres, sizes);
  const freshToken = createFreshToken(() => server.logIn(username, userPassword), clock);
  const operations = await readConsoleOperations();
  const facts = await readFacts(connection, sizes);

  async function send(query: string, variables: Variables = {}): Promise<readonly RanStatement[]> {
    // What is kept for some seconds is read again.
    clock.aheadMs += 11_000;
    const token = await freshToken();
    ran.length = 0;
    const answer = await server.ask(query, { token, variables });
    if (answer.errors.length > 0) throw new Error(`${query}: ${answer.text}`);
    return [...ran];
  }

  return {
    send,
    ask: async (query) => server.ask(query, { token: await freshToken() }),
    run: ({ operation, variables }, round = 0) =>
      send(operations.get(operation) ?? '', variables?.(facts, round)),
    owner,
    async close() {
      await server.stop();
      await Promise.all([connection.close(), owner.close()]);
      await postgres.drop();
    },
  };
}

/** Some changes ask for a log-in of the last minutes. */
const freshMs = 240_000;

/** Creates what returns the token of someone who has just logged in. */
function createFreshToken(logIn: () => Promise<TestUser>, clock: { readonly aheadMs: number }) {
  let latest = { token: '', untilMs: 0 };
  return async (): Promise<string> => {
    const nowMs = Date.now() + clock.aheadMs;
    if (nowMs >= latest.untilMs) {
      const { accessToken: token } = await logIn();
      latest = { token, untilMs: nowMs + freshMs };
    }
    return latest.token;
  };
}

async function readFacts(
  { read }: Pick<DatabaseConnection, 'read'>,
  sizes: Pick<GrowthFacts, 'users' | 'sessions'>,
): Promise<GrowthFacts> {
  const cursors = createCursors(await readEventKey(read));
  return {
    ...sizes,
    cursorOf: (list: string, order: readonly Order[], values: readonly unknown[]) =>
      cursors.seal(JSON.stringify([list, order]), values),
  };
}
