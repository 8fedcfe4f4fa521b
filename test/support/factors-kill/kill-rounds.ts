import type { Answer } from '../ask.ts';
import { outcomeOf } from '../factors-server.ts';
import { isGone } from '../kill/writer.ts';
import type { ServingProcess } from '../process.ts';
import type { Findings, Rounds } from '../rounds.ts';
import { type Kill, killAt, startVictim, type Victim } from '../victims.ts';
import { stateOf } from './account-state.ts';
import type { FactorsNodes } from './factors-nodes.ts';
import type { Prepared, Scenario } from './scenarios.ts';

/** A scenario, with what an account looks like before it and after it. */
interface Known {
  readonly scenario: Scenario;
  readonly before: string;
  readonly after: string;
  /** The statements of a node that runs it. */
  readonly statements: readonly string[];
}

/** Scenarios that have run without a kill, and nodes to kill. */
interface KillWorld {
  readonly nodes: FactorsNodes;
  readonly known: readonly Known[];
  readonly nextVictim: () => Promise<Victim<ServingProcess>>;
}

/** Runs scenarios without a kill. Of so many victims at most, the first does so too if they are counted. */
export async function learnScenarios(
  nodes: FactorsNodes,
  scenarios: readonly Scenario[],
  victims = Number.POSITIVE_INFINITY,
): Promise<KillWorld> {
  const next = createVictims(nodes, victims);
  const first = await next();
  const known: Known[] = [];
  for (const scenario of scenarios) known.push(await learn(nodes, scenario, first));
  const unused = Number.isFinite(victims) ? [first] : [];
  return { nodes, known, nextVictim: async () => unused.pop() ?? next() };
}

/** Creates the function that returns a new node, so many times at most. The one after it starts meanwhile. */
function createVictims({ nodeUrl, serve }: FactorsNodes, count: number): KillWorld['nextVictim'] {
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

async function learn(
  { client, sql }: FactorsNodes,
  scenario: Scenario,
  { proxy, process }: Victim<ServingProcess>,
): Promise<Known> {
  const prepared = await scenario.prepare(client());
  const before = await stateOf(sql, prepared.userId);
  proxy.clear();
  const first = outcomeOf(await prepared.act(client(process.url)));
  const statements = proxy.statements.filter(isOwn);
  const after = await stateOf(sql, prepared.userId);
  const again = outcomeOf(await prepared.act(client()));
  if (!first.startsWith('200') || before === after || again !== scenario.again) {
    throw new Error(`${scenario.name}: ${first}, then ${again}: ${before} ${after}`);
  }
  return { scenario, before, after, statements };
}

/** A kill at a statement of all that the node's operations run, or of those with this text. */
export interface FactorKill extends Kill {
  readonly statement?: string;
}

interface Acted {
  readonly known: Known;
  readonly prepared: Prepared;
  readonly answer: Answer | undefined;
}

/**
 * Sends operations to a node at the same time, kills it by SIGKILL at a statement, and checks that each was done as a whole
 * or not at all: what was not done can still be done with the same proofs, and what was done cannot be done again.
 */
export const factorKills = (world: KillWorld): Rounds<KillWorld, FactorKill, readonly Acted[]> => ({
  start: async () => world,
  async work({ nodes, known, nextVictim }, { statement, ...kill }, found) {
    const { client, forgetAttempts } = nodes;
    const victim = await nextVictim();
    await forgetAttempts();
    const acts: Omit<Acted, 'answer'>[] = [];
    for (const each of known) {
      acts.push({ known: each, prepared: await each.scenario.prepare(client()) });
    }
    const isCounted = (each: string) => isOwn(each) && (statement ?? each) === each;
    const node = client(victim.process.url);
    const { reached, result } = await killAt(victim, { ...kill, isCounted }, () =>
      Promise.all(
        acts.map(async (act) => ({
          ...act,
          answer: await act.prepared.act(node).catch(nothingIfGone),
        })),
      ),
    );
    found.count(reached === undefined ? 'too late' : `${kill.moment} ${titleOf(reached)}`);
    return result;
  },
  async check({ nodes }, acted, found) {
    for (const each of acted) await checkAccount(nodes, each, found);
  },
  figure: (found) => {
    const name = world.known.length === 1 ? world.known[0]?.scenario.name : 'all together';
    const moments = Object.keys(found.outcomes).filter((each) => /^(before|after) /.test(each));
    return (
      `${name}: ${found.rounds} kills, ${found.countOf('too late')} of them too late, at ${moments.length} moments; ` +
      `${found.countOf('undone')} undone, ${found.countOf('done')} done, ${found.faults.length} faults`
    );
  },
});

const nothingIfGone = (error: unknown): undefined => {
  if (!isGone(error)) throw error;
};

async function checkAccount(
  { sql, client }: FactorsNodes,
  { known: { scenario, before, after }, prepared, answer }: Acted,
  found: Findings,
): Promise<void> {
  const fault = (what: string) => found.fault(`${scenario.name}: ${what}`);
  const state = await stateOf(sql, prepared.userId);
  if (state !== before && state !== after) return fault(`half done: ${state}`);
  const isDone = state === after;
  found.count(isDone ? 'done' : 'undone');
  if (answer !== undefined && !isDone) fault(`lost, although answered ${answer.status}`);
  const again = outcomeOf(await prepared.act(client()));
  if (isDone && again !== scenario.again) fault(`again: ${again}`);
  if (!isDone && !again.startsWith('200')) fault(`not usable any more: ${again}`);
  if (!isDone && (await stateOf(sql, prepared.userId)) !== after) fault('not done at last');
}

/** The beginning of a statement, in one line. */
const titleOf = (statement: string): string =>
  statement.trim().replaceAll(/\s+/g, ' ').replaceAll('"', '').slice(0, 60);
