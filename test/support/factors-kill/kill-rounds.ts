import { onTestFinished } from 'vitest';
import type { Answer } from '../ask.ts';
import { outcomeOf } from '../factors-server.ts';
import { isGone } from '../kill/writer.ts';
import type { ServingProcess } from '../process.ts';
import { type Moment, type StatementProxy, startStatementProxy } from '../statement-proxy.ts';
import { stateOf } from './account-state.ts';
import type { FactorsNodes } from './factors-nodes.ts';
import type { Prepared, Scenario } from './scenarios.ts';

/** What came of kills. All is as it must be when `faults` is empty. */
export interface KillTally {
  kills: number;
  /** Kills that came too late: all had been answered. */
  late: number;
  /** Accounts to which nothing was done, and to which all was done. */
  undone: number;
  done: number;
  /** How often each statement was reached, with its moment. */
  readonly reached: Record<string, number>;
  readonly faults: string[];
}

export const createKillTally = (): KillTally => ({
  kills: 0,
  late: 0,
  undone: 0,
  done: 0,
  reached: {},
  faults: [],
});

/** A scenario, with what an account looks like before it and after it. */
export interface Known {
  readonly scenario: Scenario;
  readonly before: string;
  readonly after: string;
  /** The statements of a node that runs it. */
  readonly statements: readonly string[];
}

/** A node that reaches the database through a proxy. */
export interface Victim {
  readonly proxy: StatementProxy;
  readonly node: ServingProcess;
}

/** Creates the function that returns a new node, so many times at most. The one after it starts meanwhile. */
export function createVictims(
  world: FactorsNodes,
  count = Number.POSITIVE_INFINITY,
): () => Promise<Victim> {
  let left = count;
  const start = async () => {
    const proxy = await startStatementProxy(world.nodeUrl);
    onTestFinished(proxy.close);
    return { proxy, node: await world.serve(proxy.url) };
  };
  let next: Promise<Victim> | undefined;
  return async () => {
    const victim = await (next ?? start());
    left -= 1;
    if (left > 0) next = start();
    next?.catch(() => {}); // thrown where it is awaited; the test may end before
    return victim;
  };
}

/** Whether a statement is one of an operation. The others come at any time: they relay events between nodes. */
export const isOwn = (statement: string): boolean => !/relay_|read_events/.test(statement);

/** Runs a scenario without a kill. */
export async function learn(
  world: FactorsNodes,
  scenario: Scenario,
  { proxy, node }: Victim,
): Promise<Known> {
  const prepared = await scenario.prepare(world.client());
  const before = await stateOf(world.sql, prepared.userId);
  proxy.clear();
  const first = outcomeOf(await prepared.act(world.client(node.url)));
  const statements = proxy.statements.filter(isOwn);
  const after = await stateOf(world.sql, prepared.userId);
  const again = outcomeOf(await prepared.act(world.client()));
  if (!first.startsWith('200') || before === after || again !== scenario.again) {
    throw new Error(`${scenario.name}: ${first}, then ${again}: ${before} ${after}`);
  }
  return { scenario, before, after, statements };
}

export interface Kill {
  readonly moment: Moment;
  /** Counted from 1, of all statements of the node's operations or of those with this text. */
  readonly number: number;
  readonly statement?: string;
}

function countTo({ number, statement }: Kill): (found: string) => boolean {
  let left = number;
  return (found) => {
    if (isOwn(found) && (statement === undefined || statement === found)) left -= 1;
    return left === 0;
  };
}

/**
 * Sends operations to a node at the same time, kills it by SIGKILL at a statement, and checks that each was done as a whole
 * or not at all: what was not done can still be done with the same proofs, and what was done cannot be done again.
 */
export async function killAmid(
  world: FactorsNodes,
  victim: Victim,
  { known, kill, tally }: { known: readonly Known[]; kill: Kill; tally: KillTally },
): Promise<void> {
  const { proxy, node } = victim;
  await world.forgetAttempts();
  const prepared: Prepared[] = [];
  for (const { scenario } of known) prepared.push(await scenario.prepare(world.client()));
  const stopped = proxy.stopAt({ moment: kill.moment, isReached: countTo(kill) });
  const acting = prepared.map(({ act }) => act(world.client(node.url)).catch(nothingIfGone));
  const reached = await Promise.race([stopped, Promise.all(acting).then(() => undefined)]);
  node.kill('SIGKILL');
  await node.exited;
  await proxy.close();
  const answers = await Promise.all(acting);
  tally.kills += 1;
  if (reached === undefined) tally.late += 1;
  else count(tally, `${kill.moment} ${titleOf(reached)}`);
  for (const [index, each] of prepared.entries()) {
    const of = known[index];
    if (of !== undefined) await check(world, { of, prepared: each, answer: answers[index], tally });
  }
}

const nothingIfGone = (error: unknown): undefined => {
  if (!isGone(error)) throw error;
};

interface Checked {
  readonly of: Known;
  readonly prepared: Prepared;
  readonly answer: Answer | undefined;
  readonly tally: KillTally;
}

async function check(
  { sql, client }: FactorsNodes,
  { of: { scenario, before, after }, prepared, answer, tally }: Checked,
): Promise<void> {
  const fault = (what: string) => void tally.faults.push(`${scenario.name}: ${what}`);
  const found = await stateOf(sql, prepared.userId);
  if (found !== before && found !== after) return fault(`half done: ${found}`);
  const isDone = found === after;
  if (isDone) tally.done += 1;
  else tally.undone += 1;
  if (answer !== undefined && !isDone) fault(`lost, although answered ${answer.status}`);
  const again = outcomeOf(await prepared.act(client()));
  if (isDone && again !== scenario.again) fault(`again: ${again}`);
  if (!isDone && !again.startsWith('200')) fault(`not usable any more: ${again}`);
  if (!isDone && (await stateOf(sql, prepared.userId)) !== after) fault('not done at last');
}

function count({ reached }: KillTally, moment: string): void {
  reached[moment] = (reached[moment] ?? 0) + 1;
}

/** The beginning of a statement, in one line. */
export const titleOf = (statement: string): string =>
  statement.trim().replaceAll(/\s+/g, ' ').replaceAll('"', '').slice(0, 60);
