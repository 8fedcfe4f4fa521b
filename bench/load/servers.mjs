/** The servers that are measured, and their clients: processes of their own. The servers use one new database. */
import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureKeyFile } from '../../dist/authentication/keys/signing-keys-file.js';
import { nextMessage } from '../child.mjs';
import { addressOf, ask, query } from '../server.mjs';

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const root = pathOf('../..');
const bare = pathOf('bare.mjs');
const probe = pathOf('probe.mjs');

/**
 * A new database, and settings as in production: no login is slower and no token lives shorter than there,
 * but for the time that a long run takes. `close` removes it all.
 */
export async function createWorld(serverUrl, settings = {}) {
  const name = `gatehouse_load_${randomBytes(6).toString('hex')}`;
  await query(serverUrl, `CREATE DATABASE ${name}`);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-load-'));
  const keyFile = join(folder, 'signing-keys.json');
  await ensureKeyFile({ file: keyFile, now: () => new Date() });
  const password = randomBytes(18).toString('base64url');
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATABASE_URL: Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href,
    DATA_DIR: folder,
    SIGNING_KEYS: keyFile,
    PORT: '0',
    ADMIN_PASSWORD: password,
    ACCESS_TOKEN_SECONDS: '86400',
    BCRYPT_COST: '10',
    ...settings,
  };
  const start = (program, { options = [], words = [], more = {} } = {}) =>
    startServer([...options, program, ...words], {
      environment: { ...environment, ...more },
      log: join(folder, 'log'),
    });
  return {
    password,
    databaseUrl: environment.DATABASE_URL,
    /**
     * The product, as it is shipped; its log goes into a file. `checkout` is where it was built, such as
     * that of another commit.
     */
    startGatehouse: (options, checkout = root) =>
      start(join(checkout, 'dist/main.js'), {
        options,
        words: ['--project', join(checkout, 'examples/rooms')],
      }),
    /** The product with a project of the bench, and with `more` settings. */
    startProject: (folder, more) =>
      start(join(root, 'dist/main.js'), { words: ['--project', folder], more }),
    /** To be started after the product, which makes the tables and the first user. */
    startBare: (options) => start(bare, { options }),
    /** Another program on the same database, with `more` variables. */
    startProgram: (program, more) => start(program, { more }),
    async close() {
      await query(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(program, { environment, log }) {
  // As `npm start` does, and the others alike.
  const words = ['--max-semi-space-size=64', '--expose-gc', '--import', probe, ...program];
  const logFile = openSync(log, 'a');
  const stdio = ['ignore', 'pipe', logFile, 'ipc'];
  const server = spawn(process.execPath, words, { env: environment, stdio });
  closeSync(logFile); // the child has its own
  const exited = new Promise((resolve) => server.once('exit', resolve));
  return {
    url: await addressOf(server),
    pid: server.pid,
    use: (choice) => askProbe(server, choice),
    async stop() {
      server.kill('SIGTERM');
      await exited;
    },
  };
}

let lastId = 0;

/** What a server uses: memory in bytes, processor time, handles. `collects`: after its garbage is gone. */
function askProbe(server, { collects = false } = {}) {
  lastId += 1;
  const id = lastId;
  server.send({ id, collects });
  return nextMessage(server, (answer) => answer.id === id);
}

/** Creates a room that an ADMIN may enter. Returns its id. */
export async function createRoom(url, token) {
  const document = 'mutation($input: RoomInput!) { createRoom(input: $input) { id } }';
  const input = { name: 'Lab', floor: 1, groups: ['ADMIN'] };
  return (await ask(url, { query: document, variables: { input }, token })).createRoom.id;
}

/** Starts a program of clients, in a process of its own. `tell` resolves with the result of one of its steps. */
export function startCrowd(program) {
  const crowd = fork(pathOf(program), { execArgv: [] });
  let lastId = 0;
  return {
    async tell(name, options) {
      lastId += 1;
      const id = lastId;
      crowd.send({ id, name, ...options });
      const { result, error } = await nextMessage(crowd, (message) => message.id === id);
      if (error !== undefined) throw new Error(error);
      return result;
    },
    stop: () => crowd.kill('SIGKILL'),
  };
}
