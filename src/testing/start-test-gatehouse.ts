import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOptions, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { ProjectClient } from '../changes/data-client.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { connectPostgres } from '../database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../database/connection.ts';
import { connectMigratedMemory } from '../database/migrations/migrated-memory.ts';
import { runInOrder } from '../database/time/run-in-order.ts';
import { administration } from '../gatehouse/account-parts.ts';
import { type App, createApp } from '../gatehouse/app.ts';
import { type AppOptions, inputsOf } from '../gatehouse/app-inputs.ts';
import { createParts } from '../gatehouse/part.ts';
import { composeForReports } from '../gatehouse/schema-report.ts';
import { createLogger } from '../observability/logger.ts';
import { historiesOf } from '../schema/packages/histories.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import type { GatehouseConfig, Project } from '../schema/project.ts';
import { withoutCookies } from '../values/browser-session.ts';
import { type AuthenticationTimes, storedTimes } from '../values/factor.ts';
import { programVersion } from '../values/version.ts';
import { checkGuards } from './check-guards.ts';
import { type ContextOf, checkRows, type RowCheck } from './check-rows.ts';
import { createRun, type TestViewer } from './run.ts';

export interface TestGatehouseOptions {
  /** The project's folder, from which paths of `typeDefs` start. Default: the current folder. */
  readonly directory?: string;
  /** An empty PostgreSQL database. Default: an embedded database in memory. */
  readonly databaseUrl?: string;
  /** Environment variables of the server that differ from those of a test. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called for each line of the log, a JSON object. Default: prints unexpected errors on standard error. */
  readonly log?: (line: string) => void;
}

const optionShapes = {
  directory: 'string?',
  databaseUrl: 'string?',
  environment: 'object?',
  log: 'function?',
} satisfies ShapesOf<TestGatehouseOptions>;

interface TestViewerOptions {
  readonly groups?: readonly string[];
  /** What the session has proved, and when, such as for a field with `maxAge`. Default: the password, now. */
  readonly proved?: AuthenticationTimes;
}

const viewerShapes = { groups: 'object?', proved: 'object?' } satisfies ShapesOf<TestViewerOptions>;

/** A user who has logged in. */
interface LoggedInViewer extends TestViewer {
  readonly id: string;
  readonly username: string;
  readonly accessToken: string;
}

/** A whole server of a project, for one test file. */
export interface TestGatehouse<TClient> {
  /** `http://127.0.0.1:<port>/graphql`. */
  readonly url: string;
  /** The project's data client, for preparing and reading rows. @throws {Error} when the project has none. */
  readonly db: TClient;
  readonly anonymous: TestViewer;
  /** Creates a user in these groups, and logs in. */
  viewer(choice?: TestViewerOptions): Promise<LoggedInViewer>;
  /**
   * Attacks each guarded field of the schema: as an anonymous viewer, and as one in no group. Returns what was
   * answered wrongly; empty when every guard holds.
   */
  checkGuards(): Promise<readonly string[]>;
  /**
   * Compares the two functions of a policy for rows on all rows of a table. Returns the first row of each viewer for
   * which they disagree; empty when they agree.
   */
  checkRows<Row extends object, Where>(check: RowCheck<Row, Where>): Promise<readonly string[]>;
  /** How many subscriptions are open. */
  subscriptionCount(): number;
  close(): Promise<void>;
}

/**
 * Starts a project's server on a free local port, with an empty migrated database and a cheap password hash. An
 * operation takes the same way as in production. The first start of a project migrates; later ones take a snapshot.
 *
 * @throws {TypeError} for an unknown option. @throws {CompositionError} when the schema cannot be served.
 */
export async function startTestGatehouse<TClient extends ProjectClient>(
  config: GatehouseConfig<TClient>,
  options: TestGatehouseOptions = {},
): Promise<TestGatehouse<TClient>> {
  checkOptions('startTestGatehouse', options, optionShapes);
  const { directory = process.cwd(), log = printError } = options;
  // Before the database is made, which takes longer than to find a mistake.
  const authorization = composeForReports({ directory, config });
  const connection = await connect({ directory, config }, options);
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-testing-'));
  const release = async () => {
    await connection.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const settings = testSettings(dataDir, config, options);
    const client = config.database?.({ adapter: connection.adapter, ...connection.driver });
    const database = client === undefined ? {} : { database: () => client };
    const project: Project = { directory, config: { ...config, ...database } };
    const logger = createLogger(settings.logLevel, { write: log });
    const appOptions = { config: settings, project, connection, logger };
    const { url, stop, events, contextOf } = await startServer(appOptions);
    const anonymous = { run: createRun(url) };
    const viewer = await createViewers(appOptions, url);
    return {
      url,
      anonymous,
      viewer,
      get db() {
        if (client === undefined) throw new Error('The project has no data client.');
        return client;
      },
      checkGuards: async () =>
        checkGuards(authorization, { anonymous, withoutGroups: await viewer() }),
      checkRows: (check) => checkRows(check, { config, contextOf }),
      subscriptionCount: () => events.subscriberCount(),
      close: () => runInOrder([stop, release]),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Settings of a test: nothing outside of its folder, and no limit that many logins would meet. */
const testSettings = (
  dataDir: string,
  config: GatehouseConfig,
  { databaseUrl, environment }: TestGatehouseOptions,
): Config =>
  parseConfig(
    {
      NODE_ENV: 'test',
      PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      BCRYPT_COST: '4',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
      ...environment,
    },
    packagesOf(config),
  );

const connect = (
  project: Project,
  { databaseUrl }: TestGatehouseOptions,
): Promise<DatabaseConnection> | DatabaseConnection =>
  databaseUrl === undefined
    ? connectMigratedMemory({
        histories: historiesOf(project),
        directory: project.directory,
        version: programVersion(),
      })
    : connectPostgres({ url: databaseUrl, onPoolError: () => {}, maxConnections: 5 });

async function startServer(options: AppOptions) {
  const { server, events, prepare, ...app } = await createApp(options);
  await prepare({
    signal: new AbortController().signal,
    onFirstAdmin: () => {},
    onUnavailable: (error) => {
      throw error;
    },
  });
  const address = await server.start(options.config);
  return { url: `${address}/graphql`, stop: server.stop, events, contextOf: createContextOf(app) };
}

/** Creates the function that returns the context of a request without a cookie. */
const createContextOf =
  ({ authenticate, createContext }: Pick<App, 'authenticate' | 'createContext'>): ContextOf =>
  async (viewer) =>
    createContext({
      viewer:
        'accessToken' in viewer
          ? await authenticate({ authorization: [`Bearer ${viewer.accessToken}`] })
          : viewer,
      client: { ip: '127.0.0.1', userAgent: '' },
      requestId: randomUUID(),
      browserSession: withoutCookies,
      openSignal: () => new AbortController().signal,
    });

const login = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken }
}`;

/** Makes the function that creates users, by the rules of the API. */
async function createViewers(options: AppOptions, url: string) {
  const { users } = await createParts(inputsOf(options)).get(administration);
  const run = createRun(url);
  return async (choice: TestViewerOptions = {}) => {
    checkOptions('viewer', choice, viewerShapes);
    const { groups = [], proved } = choice;
    const username = `user-${randomUUID().slice(0, 8)}`;
    const created = await users.create({ username, password: undefined, groups: [...groups] });
    const variables = { username, password: created.generatedPassword };
    const { data, errors } = await run<LoginData>(login, variables);
    if (data === null || data === undefined) throw new Error(`login: ${JSON.stringify(errors)}`);
    const { accessToken } = data.login;
    if (proved !== undefined) await setProved(options, created.user.id, proved);
    return { id: created.user.id, username, accessToken, run: createRun(url, accessToken) };
  };
}

/** Stores that the user's only session has proved other factors. */
async function setProved(
  { connection }: AppOptions,
  userId: string,
  proved: AuthenticationTimes,
): Promise<void> {
  await connection.database.session.updateMany({
    where: { userId },
    data: { proved: storedTimes(proved) },
  });
}

interface LoginData {
  readonly login: { readonly accessToken: string };
}

/** A line of the log, as far as it is printed. */
interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly err?: { readonly stack: string };
}

/** The level `error` of pino. */
const errorLevel = 50;

/**
 * Prints a line of the log on standard error if it is about an error that clients do not see: what failed, where, and
 * the stack with the causes. Other properties of the error can be values, and are left out.
 */
function printError(line: string): void {
  const { level, time, msg, requestId, err, ...place }: LogLine = JSON.parse(line);
  if (level < errorLevel) return;
  const text = [`${msg} ${JSON.stringify(place)}`, err?.stack].filter(Boolean).join('\n');
  // biome-ignore lint/suspicious/noConsole: test runners print it under the name of the running test.
  console.error(text);
}
