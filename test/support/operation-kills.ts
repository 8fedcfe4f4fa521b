import { isGone } from './kill/writer.ts';
import type { ServingProcess } from './process.ts';
import type { Findings, Rounds } from './rounds.ts';
import type { PreparedNodes } from './two-nodes.ts';
import { type Kill, killAt, startVictim, type Victim } from './victims.ts';

/** What a crash must do whole or not at all. */
export interface Operation<Client> {
  readonly name: string;
  /** Creates a user who can send the operation. */
  prepare(client: Client): Promise<PreparedOperation<Client>>;
  /** How the outcome begins when it was done. Default: `200`. */
  readonly done?: string;
  /** The outcome when it is sent again after it was done. */
  readonly again: string;
  /**
   * The one state between in which a kill may leave it: it is over without a success, and who sent it begins again. Default: a
   * kill may leave none.
   */
  readonly lost?: (before: string) => string;
}

/** One operation of one user, ready to be sent. */
export interface PreparedOperation<Client> {
  /** Sends it to a node, the same each time, and returns the outcome. */
  act(client: Client): Promise<string>;
  /** Returns all that it writes, without ids, times and secrets: it has the same text for two users to whom the same was done. */
  state(): Promise<string>;
  /** What the user can do next, whether it was done or not. The outcome must begin with `200`. */
  goOn?(client: Client): Promise<string>;
}

/** Nodes over one database. More are started, to be killed. */
export interface KillNodes<Client> extends Pick<PreparedNodes, 'nodeUrl' | 'serve'> {
  /** What users do at a node: by default at one that is never killed. */
  client(url?: string): Client;
  /** Forgets how often something was tried from the address of this machine, which has a limit. */
  forgetAttempts(): Promise<void>;
}

/** An operation, with what the database has before it and after it. */
interface Known<Client> {
  readonly operation: Operation<Client>;
  readonly before: string;
  readonly after: string;
  /** After it was sent again. */
  readonly repeated: string;
  /** The statements of a node that runs it. */
  readonly statements: readonly string[];
}

/** Operations that have run without a kill, and nodes to kill. */
interface KillWorld<Client> {
  readonly nodes: KillNodes<Client>;
  readonly known: readonly Known<Client>[];
  readonly nextVictim: () => Promise<Victim<ServingProcess>>;
}

/** Runs operations without a kill. Of so many victims at most, the first does so too if they are counted. */
export async function learnOperations<Client>(
  nodes: KillNodes<Client>,
  operations: readonly Operation<Client>[],
  victims = Number.POSITIVE_INFINITY,
): Promise<KillWorld<Client>> {
  const next = createVictims(nodes, victims);
  const first = await next();
  const known: Known<Client>[] = [];
  for (const operation of operations) known.push(await learn(nodes, operation, first));
  const unused = Number.isFinite(victims) ? [first] : [];
  return { nodes, known, nextVictim: async () => unused.pop() ?? next() };
}

/** Creates the function that returns a new node, so many times at most. The one after it starts meanwhile. */
function createVictims(
  { nodeUrl, serve }: Pick<PreparedNodes, 'nodeUrl' | 'serve'>,
  count: number,
): () => Promise<Victim<ServingProcess>> {
  let left = count;
  const start = () => startVictim(nodeUrl, serve);
  let next: ReturnType<typeof start> | undefined;
  return async () => {
    const victim = await (next ?? start());
    left -= 1;
    if (left > 0) next = start();
    next?.catch(() => {}); // thrown where it is awaited; the test may end before
    return victim;
  };
}

/** Whether a statement is one of an operation. The others come at any time: they relay events between nodes. */
const isOwn = (statement: string): boolean => !/relay_|read_events/.test(statement);

const isSuccess = ({ done = '200' }: Pick<Operation<unknown>, 'done'>, outcome: string): boolean =>
  outcome.startsWith(done);

async function learn<Client>(
  { client }: KillNodes<Client>,
  operation: Operation<Client>,
  { proxy, process }: Victim<ServingProcess>,
): Promise<Known<Client>> {
  const { act, state, goOn } = await operation.prepare(client());
  const before = await state();
  proxy.clear();
  const first = await act(client(process.url));
  const statements = proxy.statements.filter(isOwn);
  const after = await state();
  const again = await act(client());
  const repeated = await state();
  const next = await goOn?.(client());
  const isKnown = isSuccess(operation, first) && before !== after && again === operation.again;
  if (!isKnown || next?.startsWith('200') === false) {
    throw new Error(`${operation.name}: ${first}, then ${again}, ${next}: ${before} ${after}`);
  }
  return { operation, before, after, repeated, statements };
}

/** A kill at a statement of all that the node's operations run, or of those with this text. */
export interface OperationKill extends Kill {
  readonly statement?: string;
}

/** Kills before and after each of some statements. By their text: background work would change the numbers of all. */
export const killsAtEach = (statements: readonly string[]): readonly OperationKill[] =>
  statements.flatMap((statement, index) => {
    const number = statements.slice(0, index + 1).filter((each) => each === statement).length;
    return (['before', 'after'] as const).map((moment) => ({ moment, statement, number }));
  });

interface Acted<Client> {
  readonly known: Known<Client>;
  readonly prepared: PreparedOperation<Client>;
  /** Undefined: the node was gone before it answered. */
  readonly outcome: string | undefined;
}

/**
 * Sends operations to a node at the same time, kills it by SIGKILL at a statement, and checks that each was done as a whole
 * or not at all: what was not done can still be done with the same proofs, and what was done cannot be done again.
 */
export const operationKills = <Client>(
  world: KillWorld<Client>,
): Rounds<KillWorld<Client>, OperationKill, readonly Acted<Client>[]> => ({
  start: async () => world,
  async work({ nodes, known, nextVictim }, { statement, ...kill }, found) {
    const { client, forgetAttempts } = nodes;
    const victim = await nextVictim();
    await forgetAttempts();
    const acts: Omit<Acted<Client>, 'outcome'>[] = [];
    for (const each of known) {
      acts.push({ known: each, prepared: await each.operation.prepare(client()) });
    }
    const isCounted = (each: string) => isOwn(each) && (statement ?? each) === each;
    const node = client(victim.process.url);
    const { reached, result } = await killAt(victim, { ...kill, isCounted }, () =>
      Promise.all(
        acts.map(async (act) => ({
          ...act,
          outcome: await act.prepared.act(node).catch(nothingIfGone),
        })),
      ),
    );
    found.count(reached === undefined ? 'too late' : `${kill.moment} ${titleOf(reached)}`);
    return result;
  },
  async check({ nodes }, acted, found) {
    for (const each of acted) await checkOperation(nodes.client(), each, found);
  },
  figure: (found) => {
    const name = world.known.length === 1 ? world.known[0]?.operation.name : 'all together';
    const moments = Object.keys(found.outcomes).filter((each) => /^(before|after) /.test(each));
    const lost = world.known.some(({ operation }) => operation.lost !== undefined)
      ? `, ${found.countOf('lost')} to begin again`
      : '';
    return (
      `${name}: ${found.rounds} kills, ${found.countOf('too late')} of them too late, at ${moments.length} moments; ` +
      `${found.countOf('undone')} undone, ${found.countOf('done')} done${lost}, ${found.faults.length} faults`
    );
  },
});

const nothingIfGone = (error: unknown): undefined => {
  if (!isGone(error)) throw error;
};

type Outcome = 'undone' | 'done' | 'lost';

async function checkOperation<Client>(
  client: Client,
  { known, prepared, outcome }: Acted<Client>,
  found: Findings,
): Promise<void> {
  const { operation, after, repeated } = known;
  const fault = (what: string) => found.fault(`${operation.name}: ${what}`);
  const state = await prepared.state();
  const is = outcomeOfState(known, state);
  if (is === undefined) return fault(`half done: ${state}`);
  found.count(is);
  // A node that is too busy has done nothing, and says so.
  const isPromised = outcome !== undefined && !outcome.startsWith('503 ');
  if (isPromised && is !== 'done') fault(`lost, although answered ${outcome}`);
  const again = await prepared.act(client);
  if (is !== 'undone' && again !== operation.again) fault(`again: ${again}`);
  if (is === 'undone' && !isSuccess(operation, again)) fault(`not usable any more: ${again}`);
  const last = await prepared.state();
  const expected = { undone: after, done: repeated, lost: state }[is];
  if (last !== expected) fault(is === 'undone' ? 'not done at last' : `changed again: ${last}`);
  const next = await prepared.goOn?.(client);
  if (next?.startsWith('200') === false) fault(`does not go on: ${next}`);
}

function outcomeOfState(
  { operation, before, after }: Known<unknown>,
  state: string,
): Outcome | undefined {
  if (state === before) return 'undone';
  if (state === after) return 'done';
  return state === operation.lost?.(before) ? 'lost' : undefined;
}

/** The beginning of a statement, in one line. */
const titleOf = (statement: string): string =>
  statement.trim().replaceAll(/\s+/g, ' ').replaceAll('"', '').slice(0, 60);
