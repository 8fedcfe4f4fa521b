import { createHash } from 'node:crypto';
import { type Answer, ask } from '../ask.ts';
import { isGone } from '../kill/writer.ts';
import { createNodeClient, userPassword } from '../node-client.ts';
import { type Environment, type Gatehouse, inProject } from '../process.ts';
import { readReads } from '../rights-tables.ts';
import { beside, type Findings, type Rounds, type Turn } from '../rounds.ts';
import { openTestSocket } from '../test-socket.ts';
import { type PreparedNodes, startNodeInTest } from '../two-nodes.ts';
import { type Kill, killAt, startVictim } from '../victims.ts';

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

/** A node that is not killed, others over the same database, and a user who may read patients. */
interface ReadWorld extends Pick<PreparedNodes, 'nodeUrl' | 'database' | 'serve'> {
  readonly otherUrl: string;
  readonly username: string;
  readonly token: string;
  readonly received: Received[];
}

/**
 * Clients read patients over HTTP and sockets, and subscribe to events, at a node that is killed by SIGKILL at a record of
 * reads, and at another one. Each answer that they have received must have its record.
 */
export const killsAmidReads = (
  gatehouse: Gatehouse,
  bug: Environment = {},
): Rounds<ReadWorld, Kill> => ({
  async start() {
    const settings = { ACCESS_TOKEN_SECONDS: '3600', LOGIN_ATTEMPTS_PER_ADDRESS: '1000000' };
    const project = inProject(gatehouse, import.meta.dirname);
    const nodes = await startNodeInTest(project, settings);
    const [otherUrl = ''] = nodes.urls;
    const { username, accessToken: token } = await createNodeClient(otherUrl).aUser('STAFF');
    return { ...nodes, otherUrl, username, token, received: [] };
  },
  async work(world, each, found) {
    const { nodeUrl, otherUrl, username, serve } = world;
    const victim = await startVictim(nodeUrl, (proxied) => serve({ ...bug, ...proxied }));
    const { url, exited } = victim.process;
    const other = createNodeClient(otherUrl);
    const turns = [
      ...[url, url, url, otherUrl].map((at) => readPatients(world, at, found)),
      readOverSocket(world, url, found),
      ...[url, url].map((at) => readEvents(world, at)),
      () => other.logIn(username, userPassword),
    ];
    const isCounted = (statement: string) =>
      statement.includes('INSERT INTO gatehouse_rights.reads');
    const beforeKill = async () => {
      // What the node would send now would be without its record.
      for (let turn = 0; turn < 3; turn += 1) await other.ask('{ __typename }');
    };
    const { reached } = await killAt(victim, { ...each, isCounted, beforeKill }, () =>
      beside(turns, () => exited),
    );
    found.count('too late', reached === undefined ? 1 : 0);
  },
  async end({ database, received }, found) {
    const records = new Set((await readReads(database)).map(keyOf));
    for (const key of received.map(keyOf)) found.check(records.has(key), `no record: ${key}`);
    found.count('received', received.length);
  },
  figure: ({ rounds, faults, outcomes: { 'too late': late, received, cut } }) =>
    `${rounds} kills, ${late} of them too late; ${received} answers and events received, ${cut} cut off; ` +
    `${faults.length} without their record`,
});

let operations = 0;

/** A query with a text of its own, and what is recorded of it. */
function nextQuery() {
  operations += 1;
  const first = 1 + (operations % 60);
  const query = `query Q${operations} { patients(first: ${first}) { ssn } }`;
  const ids = Array.from({ length: first }, (_, index) => `p${index}`);
  return { query, read: { operation: hashOf(query), coordinate: 'Patient.ssn', ids } };
}

const hashOf = (query: string): string => createHash('sha256').update(query).digest('hex');

const readPatients =
  ({ token, received }: ReadWorld, url: string, found: Findings): Turn =>
  async () => {
    const { query, read } = nextQuery();
    let answer: Answer;
    try {
      answer = await ask(`${url}/graphql`, query, { token });
    } catch (error) {
      if (!isGone(error)) throw error;
      found.count('cut');
      return false;
    }
    if (answer.data !== undefined) received.push(read);
    return true;
  };

function readOverSocket({ token, received }: ReadWorld, url: string, found: Findings): Turn {
  const socket = openTestSocket(url, { token });
  return async () => {
    const { query, read } = nextQuery();
    const reading = socket.subscribe(query);
    const end = await Promise.race([reading.ended, socket.ended.then(() => 'cut')]);
    if (reading.results.some(({ data }) => data !== undefined)) received.push(read);
    if (end !== 'complete') found.count('cut');
    return end === 'complete';
  };
}

const subscription = 'subscription { signedIn { id action } }';

const readEvents =
  ({ token, received }: ReadWorld, url: string): Turn =>
  async () => {
    const socket = openTestSocket(url, { token });
    const events = socket.subscribe(subscription);
    await socket.ended;
    for (const { data } of events.results) {
      const { signedIn }: { signedIn?: { readonly id: string } } = Object(data);
      if (signedIn === undefined) continue;
      const read = { operation: hashOf(subscription), coordinate: 'SignIn.action' };
      received.push({ ...read, ids: [signedIn.id] });
    }
    return false;
  };

const keyOf = ({ operation, coordinate, ids }: Received): string =>
  `${operation} ${coordinate} ${ids.join(' ')}`;
