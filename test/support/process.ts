import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, inject, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { connectEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import { type CommandExit, type RunningCommand, runCommand, startCommand } from './run-cli.ts';
import { lendPostgres } from './test-database.ts';
import { createTranscript, type Output, type Transcript } from './transcript.ts';
import { unpackDatabase } from './unpack-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Flags of V8 for processes that tests start; absent: none, as users start them. */
    engineFlags: readonly string[] | undefined;
  }
}

/** Settings that give these flags to a Node.js process and its children: `NODE_OPTIONS` itself allows few of V8's. */
export function nodeSettings(): Environment {
  const flags = inject('engineFlags');
  if (flags === undefined) return {};
  const calls = flags.map((flag) => `setFlagsFromString('${flag}');`).join('');
  const code = encodeURIComponent(`import{setFlagsFromString}from'node:v8';${calls}`);
  return { NODE_OPTIONS: `--import=data:text/javascript,${code}` };
}

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

const program = join(repository, 'dist', 'main.js');

/** The demo, which the program serves in tests. */
const project = ['--project', join(repository, 'examples', 'rooms')];

export type Environment = Readonly<Record<string, string>>;

/** How a process ended, and what it wrote. */
export interface Exit extends Output {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built program in a process of its own. */
export interface GatehouseProcess extends Pick<Transcript, 'output' | 'waitForLine'> {
  /** Resolves when its output has ended too. */
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

/** A server that `start` runs. `End`: how it ends. */
export interface Serving<End> extends Pick<Transcript, 'output' | 'waitForLine'> {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends it with SIGTERM, or as SIGTERM does. */
  stop(): Promise<End>;
}

export interface ServingProcess extends GatehouseProcess, Serving<Exit> {}

export interface Gatehouse {
  /** The folder that this test's processes run in, empty at first. */
  folder(): string;
  /** The data folder of this test's processes. It is not there until a process makes it. */
  dataDir(): string;
  /** Puts an embedded database with every migration and no rows there: a start then takes less time. */
  prepareDataDir(): Promise<void>;
  /**
   * The same, or where `TEST_DATABASE_URL` is set a PostgreSQL database for this test's processes: for tests of many
   * commands, since each would take half a second of processor time to open the embedded one.
   */
  prepareDatabase(): Promise<void>;
  /** Connects to the database of this test's processes, as the owner of its tables. */
  connect(): Promise<DatabaseConnection>;
  start(words: readonly string[], environment?: Environment): GatehouseProcess;
  /** Runs a command to its end. `input`: what it finds on its standard input. */
  run(words: readonly string[], environment?: Environment, input?: string): Promise<Exit>;
  /** The same in this process, without the second or more that a new one needs to start. */
  runHere(
    words: readonly string[],
    environment?: Environment,
    input?: string,
  ): Promise<CommandExit>;
  /** Runs `start`, and waits until it serves. `words` precede `start`, such as `--project` with a folder. */
  serve(environment?: Environment, words?: readonly string[]): Promise<ServingProcess>;
  /** The same in this process: for tests that need neither signals nor a crash. */
  serveHere(environment?: Environment, words?: readonly string[]): Promise<Serving<CommandExit>>;
}

/**
 * Lets the tests of a file run the built program. It runs in an empty folder, with none of this
 * process's settings, on a free port and with a cheap password hash. What a test leaves running is
 * killed after it, and its folder removed.
 */
export function useGatehouse(): Gatehouse {
  let folder = '';
  let processes: GatehouseProcess[] = [];
  let serving: RunningCommand[] = [];
  let databaseUrl: string | undefined;

  beforeEach(async () => {
    databaseUrl = undefined;
    folder = await mkdtemp(join(inject('runFolder') ?? tmpdir(), 'gatehouse-process-'));
    processes = [];
    serving = [];
  });
  afterEach(async () => {
    for (const each of processes) each.kill('SIGKILL');
    for (const each of serving) each.terminate();
    await Promise.all([...processes, ...serving].map(({ exited }) => exited));
    await rm(folder, { recursive: true, force: true });
  });

  const dataDir = () => join(folder, 'data');
  const settingsWith = (environment: Environment = {}): Environment => ({
    DATA_DIR: dataDir(),
    PORT: '0',
    BCRYPT_COST: '4',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...environment,
  });
  const start = (words: readonly string[], environment?: Environment, input?: string) => {
    build();
    const started = startProcess(words, { folder, settings: settingsWith(environment), input });
    processes.push(started);
    return started;
  };
  return {
    folder: () => folder,
    dataDir,
    prepareDataDir: () => unpackDatabase(dataDir()),
    async prepareDatabase() {
      if (process.env.TEST_DATABASE_URL === undefined) return unpackDatabase(dataDir());
      const database = await lendPostgres();
      onTestFinished(database.takeBack); // after the hooks, which end the processes
      databaseUrl = database.url;
    },
    connect: async () =>
      databaseUrl === undefined
        ? connectEmbedded(dataDir())
        : connectPostgres({ url: databaseUrl, onPoolError: () => {}, maxConnections: 2 }),
    start,
    run: (words, environment, input) => start(words, environment, input).exited,
    runHere: (words, environment, input = '') =>
      runCommand(words, { environment: settingsWith(environment), input }),
    serve: async (environment, words = []) => {
      const started = start([...words, 'start'], environment);
      const url = await untilServing(started, environment);
      const stop = () => {
        started.kill('SIGTERM');
        return started.exited;
      };
      return { ...started, url, stop };
    },
    serveHere: async (environment, words = []) => {
      const settings = { environment: settingsWith(environment) };
      const started = startCommand([...words, 'start'], settings);
      serving.push(started);
      const url = await untilServing(started, environment);
      const stop = () => {
        started.terminate();
        return started.exited;
      };
      return { ...started, url, stop };
    },
  };
}

/** Returns the same program for another project than the demo. */
export function inProject(gatehouse: Gatehouse, directory: string): Gatehouse {
  const project = ['--project', directory];
  return {
    ...gatehouse,
    start: (words, ...rest) => gatehouse.start([...project, ...words], ...rest),
    run: (words, ...rest) => gatehouse.run([...project, ...words], ...rest),
    runHere: (words, ...rest) => gatehouse.runHere([...project, ...words], ...rest),
    serve: (environment) => gatehouse.serve(environment, project),
    serveHere: (environment) => gatehouse.serveHere(environment, project),
  };
}

/** Waits until `start` has printed all that it prints. @returns the server's URL */
async function untilServing(
  { waitForLine }: Pick<Transcript, 'waitForLine'>,
  environment: Environment = {},
): Promise<string> {
  const [, url = ''] = await waitForLine(/^ {2}Gatehouse {3}(http:\S+)\/graphql/m);
  // The last of the lines: in production there need be no hint how to log in.
  const isProduction = environment.NODE_ENV === 'production';
  await waitForLine(isProduction ? /^ {2}Database /m : /^ {2}(?:curl|Other texts) /m);
  return url;
}

let isBuilt = false;

/**
 * Builds the program, once in each worker. Takes half a second when nothing has changed. Processes that
 * build at once wait for each other.
 */
export function build(): void {
  if (isBuilt) return;
  const words = ['run', '--silent', 'build'];
  // With that of Vitest, pages would be built with the development version of React, and wireit would keep them.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, stdout } = spawnSync('npm', words, { cwd: repository, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
  isBuilt = true;
}

/** Where and how the program runs: with these settings and no others. */
export interface ProcessOptions {
  readonly folder: string;
  readonly settings: Environment;
  /** What it finds on its standard input; nothing when absent. */
  readonly input?: string | undefined;
}

/** Starts the built program. */
export function startProcess(
  words: readonly string[],
  { folder, settings, input = '' }: ProcessOptions,
): GatehouseProcess {
  const child = spawn(process.execPath, [program, ...project, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...nodeSettings(), ...settings },
    stdio: 'pipe',
  });
  // A process that ends without reading it breaks the pipe.
  child.stdin.on('error', () => {}).end(input);
  const transcript = createTranscript();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => transcript.add(name, text));
  }
  const exited = once(child, 'close').then(([code, signal]) => {
    transcript.end(String(code ?? signal));
    return { code, signal, ...transcript.output() };
  });
  return { ...transcript, exited, kill: (signal) => void child.kill(signal) };
}
