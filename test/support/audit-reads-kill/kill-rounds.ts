import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Answer, ask } from '../ask.ts';
import { isGone } from '../kill/writer.ts';
import type { Environment, Gatehouse, Serving, ServingProcess } from '../process.ts';
import { readReads } from '../rights-tables.ts';
import { type Moment, startStatementProxy } from '../statement-proxy.ts';
import { openTestSocket } from '../test-socket.ts';
import { prepareNodes, type TwoNodes } from '../two-nodes.ts';

const projectWords = ['--project', fileURLToPath(new URL('.', import.meta.url))];

/** Settings of a node with a bug: it answers before the record is written. */
export const answersFirst: Environment = {
  NODE_OPTIONS: `--import=${new URL('answer-first.mjs', import.meta.url).href}`,
};

/** An answer or an event that a client has received, by what its record must hold. */
interface Received {
  readonly operation: string;
  readonly coordinate: string;
  readonly ids: readonly string[];
}

/** What came of kills. */
export interface ReadTally {
  kills: number;
  /** Kills that came too late: the statement was not reached. */
  late: number;
  /** Answers that were cut off by a kill. */
  cut: number;
  readonly received: Received[];
}

export const createReadTally = (): ReadTally => ({ kills: 0, late: 0, cut: 0, received: [] });

/** A node that is not killed, others over the same database, and a user who may read patients. */
export interface ReadNodes extends Pick<TwoNodes, 'environment' | 'database'> {
  /** It serves in the process of the test. */
  readonly other: Pick<Serving<unknown>, 'url'>;
  readonly token: string;
  serve(settings: Environment): Promise<ServingProcess>;
}

/** Starts a node of a project with audited fields. */
export async function startReadNodes(gatehouse: Gatehouse): Promise<ReadNodes> {
  const serve = (given: Environment = {}) => gatehouse.serve(given, projectWords);
  const settings = { ACCESS_TOKEN_SECONDS: '3600', LOGIN_ATTEMPTS_PER_ADDRESS: '1000000' };
  const world = await prepareNodes(gatehouse, settings);
  const other = await gatehouse.serveHere(world.environment, projectWords);
  const { url } = other;
  const admin = await logIn(url, 'admin', world.password);
  const input = { username: 'nurse', password: world.password, groups: ['STAFF'] };
  const createUser = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
  await ask(`${url}/graphql`, createUser, { token: admin, variables: { input } });
  const token = await logIn(url, 'nurse', world.password);
  return { ...world, other, token, serve: (given) => serve({ ...world.environment, ...given }) };
}

async function logIn(url: string, username: string, password: string): Promise<string> {
  const query =
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }';
  const { data } = await ask(`${url}/graphql`, query, { variables: { u: username, p: password } });
  return data.login.accessToken;
}

interface Kill {
  readonly moment: Moment;
  /** Which record of reads, counted from 1. */
  readonly number: number;
  readonly settings?: Environment;
}

/**
 * Reads patients over HTTP and sockets, and subscribes to events, at a node that is killed by SIGKILL at a record of reads,
 * and at another one. Adds what clients have received.
 */
export async function killAmidReads(
  world: ReadNodes,
  { moment, number, settings = {} }: Kill,
  tally: ReadTally,
): Promise<void> {
  const proxy = await startStatementProxy(world.environment.DATABASE_URL ?? '');
  onTestFinished(proxy.close);
  const victim = await world.serve({ ...settings, DATABASE_URL: proxy.url });
  const { other } = world;
  let left = number;
  const stopped = proxy.stopAt({
    moment,
    isReached(statement) {
      if (statement.includes('INSERT INTO gatehouse_rights.reads')) left -= 1;
      return left === 0;
    },
  });
  let isOver = false;
  const whileRunning = () => !isOver;
  const reading = [
    ...[1, 2, 3].map(() => readPatients({ world, url: victim.url, tally, whileRunning })),
    readPatients({ world, url: other.url, tally, whileRunning }),
    readOverSocket({ world, url: victim.url, tally, whileRunning }),
    ...[1, 2].map(() => readEvents({ world, url: victim.url, tally, whileRunning })),
    logInAgain(world, other.url, whileRunning),
  ];
  const reached = await Promise.race([stopped, victim.exited.then(() => undefined)]);
  tally.kills += 1;
  if (reached === undefined) tally.late += 1;
  // What the node would send now would be without its record.
  for (let turn = 0; turn < 3; turn += 1) await ask(`${other.url}/graphql`, '{ __typename }');
  victim.kill('SIGKILL');
  await victim.exited;
  isOver = true;
  await Promise.all(reading);
  await proxy.close();
}

interface Reading {
  readonly world: ReadNodes;
  readonly url: string;
  readonly tally: ReadTally;
  readonly whileRunning: () => boolean;
}

let operations = 0;

/** A query with a text of its own, and what is recorded of it. */
function nextQuery() {
  operations += 1;
  const first = 1 + (operations % 60);
  const query = `query Q${operations} { patients(first: ${first}) { ssn } }`;
  const operation = createHash('sha256').update(query).digest('hex');
  const ids = Array.from({ length: first }, (_, index) => `p${index}`);
  return { query, received: { operation, coordinate: 'Patient.ssn', ids } };
}

async function readPatients({ world, url, tally, whileRunning }: Reading): Promise<void> {
  while (whileRunning()) {
    const { query, received } = nextQuery();
    let answer: Answer;
    try {
      answer = await ask(`${url}/graphql`, query, { token: world.token });
    } catch (error) {
      if (!isGone(error)) throw error;
      tally.cut += 1;
      return;
    }
    if (answer.data !== undefined) tally.received.push(received);
  }
}

async function readOverSocket({ world, url, tally, whileRunning }: Reading): Promise<void> {
  const socket = openTestSocket(url, { token: world.token });
  while (whileRunning()) {
    const { query, received } = nextQuery();
    const reading = socket.subscribe(query);
    const end = await Promise.race([reading.ended, socket.ended.then(() => 'cut')]);
    if (reading.results.some(({ data }) => data !== undefined)) tally.received.push(received);
    if (end === 'complete') continue;
    tally.cut += 1;
    return;
  }
}

const subscription = 'subscription { signedIn { id action } }';

async function readEvents({ world, url, tally }: Reading): Promise<void> {
  const socket = openTestSocket(url, { token: world.token });
  const events = socket.subscribe(subscription);
  await socket.ended;
  const operation = createHash('sha256').update(subscription).digest('hex');
  for (const { data } of events.results) {
    const { signedIn }: { signedIn?: { readonly id: string } } = Object(data);
    if (signedIn === undefined) continue;
    tally.received.push({ operation, coordinate: 'SignIn.action', ids: [signedIn.id] });
  }
}

async function logInAgain(
  { environment }: ReadNodes,
  url: string,
  whileRunning: () => boolean,
): Promise<void> {
  while (whileRunning()) await logIn(url, 'nurse', environment.ADMIN_PASSWORD ?? '');
}

/** Returns what clients have received without its record, as texts. */
export async function findUnrecorded(
  { database }: ReadNodes,
  { received }: ReadTally,
): Promise<readonly string[]> {
  const rows = await readReads(database);
  const records = new Set(rows.map(keyOf));
  return received.map(keyOf).filter((key) => !records.has(key));
}

const keyOf = ({ operation, coordinate, ids }: Received): string =>
  `${operation} ${coordinate} ${ids.join(' ')}`;
