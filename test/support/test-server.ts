import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import type { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import type { ConnectionTimes } from '../../src/doors/transport/http-limits.ts';
import type { EventSource } from '../../src/events/event-source.ts';
import { createApp } from '../../src/gatehouse/app.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import type { Project } from '../../src/schema/project.ts';
import type { Answer, AskOptions } from './ask.ts';
import { adminPassword, createNodeClient, type TestUser } from './node-client.ts';
import { roomsClient, roomsProject } from './rooms-project.ts';
import { createTestDatabase } from './test-database.ts';

export type { Answer } from './ask.ts';
export { adminPassword, type TestUser, userPassword } from './node-client.ts';

/** A whole server over HTTP, on a database of its own; `admin` has logged in. */
export interface TestServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly admin: TestUser;
  readonly connection: DatabaseConnection;
  /** For the owner of the tables, which the server's own role need not be. */
  readonly owner: DatabaseConnection;
  readonly events: Pick<EventSource, 'subscriberCount'>;
  /** The demo's own tables. */
  readonly rooms: PrismaClient;
  /** What the server has logged, line by line. */
  readonly logLines: readonly string[];
  ask(query: string, options?: AskOptions): Promise<Answer>;
  logIn(username: string, password: string): Promise<TestUser>;
  /** A new user in these groups, logged in. */
  aUser(...groups: readonly string[]): Promise<TestUser>;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** The server's clock. */
  readonly now?: () => Date;
  /** Settings beside those of a test. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The SDL in place of the schema's own. */
  readonly typeDefs?: readonly string[];
  /** The project in place of the demo. */
  readonly project?: Project;
  /** A database that was served before, and that the test closes; its ADMIN has the password of tests. */
  readonly connection?: DatabaseConnection;
  /** What PostgreSQL is held to in the place of what tests need. */
  readonly database?: Parameters<typeof createTestDatabase>[0];
  /** How long requests may take to arrive. */
  readonly connectionTimes?: ConnectionTimes;
}

/** Starts a server as `main.ts` would, with a cheap password hash and a free port. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-server-'));
  const { connection, owner, migrates } = await openDatabase(options);
  const logLines: string[] = [];
  const project = options.project ?? roomsProject;
  const settings = {
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: dataDir,
    BCRYPT_COST: '4',
    LOGIN_ATTEMPTS_PER_ACCOUNT: '1000',
    LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
    // Tests log one ADMIN in again and again, and go on with the first session.
    MAX_SESSIONS_PER_USER: '10000',
    ADMIN_PASSWORD: adminPassword,
    // On a busy machine, requests can take much longer than in production.
    DATABASE_REQUEST_TIMEOUT_MS: '60000',
    OPERATION_TIMEOUT_MS: '60000',
    ...(migrates ? {} : { MIGRATE: 'off' }),
    ...options.environment,
  };
  const config = parseConfig(settings, packagesOf(project.config));
  const logger = createLogger(config.logLevel, { write: (line) => void logLines.push(line) });
  const { now, typeDefs, connectionTimes } = options;
  const rooms = roomsClient(connection);
  const { server, events, prepare } = await createApp({
    config,
    connection,
    project,
    logger,
    ...(now === undefined ? {} : { now }),
    ...(typeDefs === undefined ? {} : { documents: typeDefs.map((text) => parse(text)) }),
    ...(connectionTimes === undefined ? {} : { connectionTimes }),
  });
  await prepare({
    signal: new AbortController().signal,
    onFirstAdmin: () => {},
    onUnavailable: (error) => {
      throw error;
    },
  });
  const url = await server.start(config);
  const client = createNodeClient(url);
  return {
    ...client,
    url,
    connection,
    owner,
    rooms,
    events,
    logLines,
    admin: await client.logIn('admin', adminPassword),
    async stop() {
      await server.stop();
      await rooms.$disconnect();
      if (options.connection === undefined) await connection.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The test's own database, or a new one whose tables the owner has made for the server's role. */
async function openDatabase({ connection, database, now }: TestServerOptions) {
  if (connection !== undefined) return { connection, owner: connection, migrates: true };
  const opened = await createTestDatabase(database);
  if (now !== undefined && opened.kind === 'postgresql') await allowAnyTime(opened.owner);
  return { connection: opened, owner: opened.owner, migrates: false };
}

/** A role that does not own a log adds rows of now alone, by the clock of the database. */
export const allowAnyTime = ({ migrations }: DatabaseConnection) =>
  migrations.query(`DO $$ DECLARE log REGCLASS; BEGIN
    FOR log IN SELECT polrelid FROM pg_policy WHERE polname = 'add' LOOP
      EXECUTE format('ALTER POLICY add ON %s WITH CHECK (true)', log);
    END LOOP;
  END $$`);
