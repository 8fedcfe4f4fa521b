import { SchemaAuthorizationError } from '@graphql-gatehouse/authorization';
import type { Answer, Decided } from '../../site/try/decide.ts';
import type { TryState } from '../../site/try/state.ts';
import { forAll, isReplay } from '../authorization/property-run.ts';
import { drawStates, type StateRound, stateRoundsOf } from './generated-states.ts';
import { type ServedAnswer, startVerdictServer, type VerdictServer } from './verdict-server.ts';

/** Decides states as the page does. */
export type DecideStates = (states: readonly TryState[]) => Promise<readonly Decided[]>;

interface Comparison {
  readonly file: string;
  /** The least number of states. */
  readonly cases: number;
  readonly decide: DecideStates;
}

/** How often the page and the server agreed about something. */
const newTally = () => ({
  cases: 0,
  refused: 0,
  /** Both answers were shown, because a policy depends. */
  both: 0,
  introspected: 0,
  invalid: 0,
  runs: 0,
  depends: 0,
  narrowed: 0,
});
type Tally = ReturnType<typeof newTally>;

const statesPerSchema = 5;

/**
 * Compares what the page shows about generated states with the answers of a server: refusals by status, challenge and bytes,
 * and all else by the answer to `Prefer: decide-only`. Returns the number of states.
 *
 * @throws {Error} for a difference.
 */
export async function compareVerdicts({ file, cases, decide }: Comparison): Promise<number> {
  const tally = newTally();
  const server = await startVerdictServer();
  try {
    await forAll({
      file,
      arbitrary: stateRoundsOf(statesPerSchema),
      // Some numbers make no operation.
      numRuns: Math.ceil(cases / (statesPerSchema - 1)),
      check: (round) => checkRound(round, { server, decide, tally }),
      tally,
      isEnough: () =>
        isReplay || (tally.cases >= cases && Object.values(tally).every((count) => count > 0)),
    });
    return tally.cases;
  } finally {
    await server.stop();
  }
}

interface Compared {
  readonly server: VerdictServer;
  readonly decide: DecideStates;
  readonly tally: Tally;
}

async function checkRound(
  round: StateRound,
  { server, decide, tally }: Compared,
): Promise<string | undefined> {
  const { whole, states } = drawStates(round);
  const shown = await decide(states);
  const offences = serve(server, whole);
  for (const [index, state] of states.entries()) {
    const decided = shown[index];
    if (decided === undefined) throw new Error('unreachable');
    tally.cases += 1;
    const problem =
      offences === undefined
        ? await compareAnswers(server, state, decided, tally)
        : compareTexts('startup errors', textsOf(decided.problems), offences);
    if (problem !== undefined) {
      return JSON.stringify({ problem, ...state, policies: [...state.policies] }, null, 1);
    }
  }
  return undefined;
}

/** Returns the startup errors. Undefined: it has started. */
function serve(server: VerdictServer, sdl: string): readonly string[] | undefined {
  try {
    server.serve(sdl);
    return undefined;
  } catch (error) {
    if (!(error instanceof SchemaAuthorizationError)) throw error;
    return error.offences.map(({ coordinate, problem }) => `${coordinate}: ${problem}`);
  }
}

const textsOf = ({ items }: Decided['mistakes']): readonly string[] =>
  items.map(({ text }) => text);

const compareTexts = (what: string, shown: readonly string[], served: readonly string[]) =>
  JSON.stringify(shown) === JSON.stringify(served) ? undefined : { what, shown, served };

/** Compares with the server whose policies that depend all allow, and then with the one whose all deny. */
async function compareAnswers(
  server: VerdictServer,
  state: TryState,
  { problems, mistakes, operation }: Decided,
  tally: Tally,
): Promise<object | undefined> {
  if (problems.items.length > 0) return problems;
  if (operation?.answers.length === 2) tally.both += 1;
  for (const assumed of ['allows', 'denies'] as const) {
    const served = await server.ask({ state, assumed });
    const answer = operation?.answers.find(({ policies = assumed }) => policies === assumed);
    const decision = await server.ask({ state, assumed, prefer: 'decide-only' });
    const problem =
      answer === undefined
        ? compareMistakes(textsOf(mistakes), { served, decision }, tally)
        : compareAnswer(answer, { served, decision }, tally);
    if (problem !== undefined) return { problem, assumed, answer, mistakes, served, decision };
  }
  return undefined;
}

const isDenied = ({ status }: ServedAnswer): boolean => [401, 403, 404].includes(status);

/** Hosts answer 400 or 200 to variables that do not match: the decision has 400. */
function compareMistakes(shown: readonly string[], { served, decision }: Served, tally: Tally) {
  if (isDenied(served) || decision.status !== 400) return 'The server does not answer with 400.';
  tally.invalid += 1;
  // Each host has its own words.
  if (decision.text.includes('"OPERATION_RESOLUTION_FAILURE"')) return undefined;
  return compareTexts('mistakes', shown, messagesOf(decision.text));
}

function messagesOf(text: string): readonly string[] {
  const { errors }: { readonly errors: readonly { readonly message: string }[] } = JSON.parse(text);
  return errors.map(({ message }) => message);
}

interface Served {
  readonly served: ServedAnswer;
  readonly decision: ServedAnswer;
}

function compareAnswer(answer: Answer, { served, decision }: Served, tally: Tally) {
  if (answer.status === 400)
    return compareMistakes(messagesOf(answer.body), { served, decision }, tally);
  if (answer.status !== undefined) {
    tally[answer.status === 200 ? 'introspected' : 'refused'] += 1;
    return compareBytes(answer, served);
  }
  const { extensions } = JSON.parse(decision.text);
  const { allowed, depends, narrowed } = extensions?.decision ?? {};
  tally.runs += 1;
  if (answer.depends.length > 0) tally.depends += 1;
  if (answer.hides.length > 0) tally.narrowed += 1;
  if (allowed !== true) return 'The server does not run it.';
  if (isDenied(served) && depends.length === 0) return 'The server denies it.';
  return (
    compareTexts('depends', answer.depends, depends) ??
    compareTexts('narrowed', answer.hides, narrowed)
  );
}

/** The page shows JSON with indentation, and of a large one the first part. */
function compareBytes({ status, headers, body }: Answer, served: ServedAnswer) {
  const isWhole = !body.endsWith('…');
  const isSame =
    status === served.status &&
    (headers['www-authenticate'] ?? null) === served.challenge &&
    (isWhole
      ? JSON.stringify(JSON.parse(body)) === served.text
      : JSON.stringify(JSON.parse(served.text), null, 2).startsWith(body.slice(0, -2)));
  return isSame ? undefined : 'The server answers otherwise.';
}
