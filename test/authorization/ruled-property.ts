import { isDeepStrictEqual } from 'node:util';
import { createAdmit } from '@graphql-gatehouse/authorization';
import { createFindRule, decideOperation } from '@graphql-gatehouse/authorization/decision';
import { compileGuards, compileNeeds, compileRules } from '@graphql-gatehouse/authorization/rules';
import { buildSchema, type ExecutionResult, execute } from 'graphql';
import type { OperationDecision } from '../../packages/authorization/src/enforcement/operation/decide-operation.ts';
import { executeKnown } from './execute-known.ts';
import { type Choices, createChoices } from './generators.ts';
import { createOracle, type Oracle } from './oracle.ts';
import { choicesArbitrary, forAll, withoutUnhandledRejections } from './property-run.ts';
import {
  areReported,
  isAnswered,
  isAnsweredToAnonymous,
  isExecuted,
  isTolerated,
} from './ruled-answers.ts';
import { changeHidden } from './ruled-changes.ts';
import {
  type DrawnViewer,
  drawRuledWorld,
  type RuledWorld,
  toRuledSdl,
} from './ruled-generators.ts';
import { drawOperation, type RuledOperation } from './ruled-operations.ts';
import { conditionsOf, type Expected, expectedOf, isNeverNarrowed } from './ruled-oracle.ts';
import { type RuledServer, serveRuled, viewerOf } from './ruled-server.ts';

/** What was compared. */
const newCounts = () => ({
  triples: 0,
  /** Of them: a rule has hidden something. */
  hidden: 0,
  /** No rule has, of what the viewer has selected. */
  whole: 0,
  refused: 0,
  mistakes: 0,
  late: 0,
  anonymous: 0,
});
type RuledCounts = ReturnType<typeof newCounts>;

/** Worlds with rules for types, or without them: `isPlain`. */
interface Comparison {
  readonly file: string;
  readonly numRuns: number;
  readonly isPlain: boolean;
}

/** Compares all answers about drawn worlds with an oracle. @throws {Error} for a difference. */
export function compareRuledWorlds({ file, numRuns, isPlain }: Comparison): Promise<void> {
  const counts = newCounts();
  const isEnough = () =>
    counts.hidden > counts.triples / 10 &&
    (!isPlain || Math.min(counts.whole, counts.mistakes, counts.late * 6) > counts.triples / 10);
  const check = (numbers: readonly number[]) => checkRuledWorld(numbers, isPlain, counts);
  return withoutUnhandledRejections(() =>
    forAll({ file, arbitrary: choicesArbitrary(2000), numRuns, check, tally: counts, isEnough }),
  );
}

/** Changes only what does not exist for a viewer. @throws {Error} when a byte of its answers changes. */
export function compareChangedWorlds({ file, numRuns }: Omit<Comparison, 'isPlain'>) {
  const counts = { compared: 0 };
  const isEnough = () => counts.compared > 0;
  const check = (numbers: readonly number[]) => checkChangedWorld(numbers, counts);
  return withoutUnhandledRejections(() =>
    forAll({ file, arbitrary: choicesArbitrary(2000), numRuns, check, tally: counts, isEnough }),
  );
}

/** Draws a world with operations, and compares all answers to all viewers with the oracle. Returns the first difference. */
async function checkRuledWorld(
  numbers: readonly number[],
  isPlain: boolean,
  counts: RuledCounts,
): Promise<string | undefined> {
  const choices = createChoices(numbers);
  const world = drawRuledWorld(choices, { isRight: choices.rarely(isPlain ? 4 : 2), isPlain });
  const server = serveRuled(world);
  const sdl = toRuledSdl(world);
  const oracle = createOracle(sdl);
  const decide = createDecideInFrontEnd(sdl);
  const [first, ...others] = drawOperations(world, choices);
  const show = (problem: string, operation: RuledOperation, viewer?: DrawnViewer) =>
    [problem, describe(world), operation.text, JSON.stringify(viewer)].join('\n');
  for (const operation of [first, ...others]) {
    for (const viewer of world.viewers) {
      const problem =
        (viewer.groups === null
          ? await checkAnonymous({ world, server, operation, viewer }, oracle)
          : await checkTriple({ world, server, operation, viewer }, counts)) ??
        (await checkFrontEnd({ world, server, operation, viewer }, decide));
      counts.triples += 1;
      if (viewer.groups === null) counts.anonymous += 1;
      if (problem !== undefined) return show(problem, operation, viewer);
    }
  }
  const problem = await checkDryRun(world, first);
  return problem === undefined ? undefined : show(problem, first, world.viewers[0]);
}

type DecideInFrontEnd = (operation: RuledOperation, viewer: DrawnViewer) => string;

function createDecideInFrontEnd(sdl: string): DecideInFrontEnd {
  const guards = compileGuards(buildSchema(sdl));
  const find = createFindRule(compileRules(guards));
  return ({ document, variables }, viewer) => {
    const needs = compileNeeds(guards, document);
    if (needs === undefined) throw new Error('There is an operation.');
    return decideOperation({ ...needs, find, variables }, viewerOf(viewer));
  };
}

/** A front end decides as the server, or leaves the decision to it. */
async function checkFrontEnd(
  triple: Triple,
  decideInFrontEnd: DecideInFrontEnd,
): Promise<string | undefined> {
  const decided = await triple.server.authorization.decideOperation(toRequest(triple));
  if (decided.kind === 'invalid') return `not decided: ${decided.errors}`;
  const outcome = decideInFrontEnd(triple.operation, triple.viewer);
  const expected = outcomeOf(decided.decision);
  return ['depends', expected].includes(outcome) ? undefined : `${outcome} in a front end`;
}

function outcomeOf({ allowed, depends, narrowed }: OperationDecision): string {
  if (!allowed) return 'denied';
  return depends.length > 0 ? 'depends' : narrowed.length > 0 ? 'narrowed' : 'allowed';
}

/** The schema and the data of a world, to be read in a failure. */
const describe = (world: RuledWorld): string =>
  `${toRuledSdl(world)}\n${JSON.stringify(world, toPlain)}`;

function drawOperations(
  world: RuledWorld,
  choices: Choices,
): readonly [RuledOperation, ...RuledOperation[]] {
  const draw = () => drawOperation(world, choices);
  return [draw(), draw(), draw(), draw()];
}

const toPlain = (_key: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;

interface Triple {
  readonly world: RuledWorld;
  readonly server: RuledServer;
  readonly operation: RuledOperation;
  readonly viewer: DrawnViewer;
}

const toRequest = ({ operation, viewer }: Triple) => ({
  document: operation.document,
  variableValues: operation.variables,
  contextValue: { viewer: viewerOf(viewer), mistakes: [] as string[] },
});

/** Asks as a host does. */
async function askHost(
  triple: Triple,
  prefer?: string,
  request = toRequest(triple),
): Promise<ExecutionResult> {
  const { authorization } = triple.server;
  const admission = await createAdmit(authorization)({ ...request, prefer });
  if (admission.kind === 'answered') return plainOf(admission.result);
  return plainOf((await admission.finish(await executeKnown(authorization, request))).result);
}

const plainOf = (result: ExecutionResult): ExecutionResult => JSON.parse(JSON.stringify(result));

async function checkAnonymous(triple: Triple, oracle: Oracle): Promise<string | undefined> {
  const { world, operation, viewer } = triple;
  const answer = await askHost(triple);
  return isAnsweredToAnonymous(world, operation, { viewer, oracle }, answer)
    ? undefined
    : `anonymous: ${JSON.stringify(answer)}`;
}

async function checkTriple(triple: Triple, counts: RuledCounts): Promise<string | undefined> {
  const { world, server, operation, viewer } = triple;
  const expected = expectedOf(world, operation, { viewer, showsAll: false });
  count(expected, counts);
  const { schema } = server.authorization;
  const ran = plainOf(await execute({ schema, ...toRequest(triple) }));
  const compiled = plainOf(await executeKnown(server.authorization, toRequest(triple)));
  const show = (title: string, answer: unknown) =>
    `${title}: ${JSON.stringify(answer)}\nexpected ${JSON.stringify(expected)}`;
  if (JSON.stringify(ran) !== JSON.stringify(compiled)) return show('compiled', [ran, compiled]);
  if (!isExecuted(ran, expected)) return show('execute', ran);
  const request = toRequest(triple);
  const { mistakes } = request.contextValue;
  const answer = await askHost(triple, undefined, request);
  if (!isAnswered(answer, expected, operation)) return show('answer', answer);
  if (!areReported(mistakes, expected.problems)) return show('mistakes', mistakes);
  if (server.twice.length > 0) return show('called twice', server.twice);
  if (operation.root === 'Query') {
    const lenient = await askHost(triple, 'handling=lenient');
    if (!isTolerated(lenient, expected)) return show('lenient', lenient);
  }
  return await checkDecision(triple, expected);
}

function count({ hides, problems }: Expected, counts: RuledCounts): void {
  if (hides) counts.hidden += 1;
  else counts.whole += 1;
  if (problems.some(({ code }) => code === 'FORBIDDEN')) counts.refused += 1;
  if (problems.some(({ mistake, isLate }) => mistake && !isLate)) counts.mistakes += 1;
  if (problems.some(({ isLate }) => isLate)) counts.late += 1;
}

/**
 * Whether a decision names what a rule hides and refuses, and nothing to a viewer whom no rule narrows. Where no type has a
 * rule, it names exactly what the oracle does.
 */
async function checkDecision(
  triple: Triple,
  { hides, problems }: Expected,
): Promise<string | undefined> {
  const { world, operation, viewer, server } = triple;
  const decided = await server.authorization.decideOperation(toRequest(triple));
  if (decided.kind === 'invalid') return `not decided: ${decided.errors}`;
  const { allowed, narrowed, depends } = decided.decision;
  if (world.isPlain) {
    const expected = conditionsOf(world, operation, viewer);
    const isExact =
      allowed &&
      isDeepStrictEqual([...narrowed].sort(), [...expected.narrowed].sort()) &&
      isDeepStrictEqual([...depends].sort(), [...expected.depends].sort());
    return isExact
      ? undefined
      : `decision: ${JSON.stringify(decided.decision)}\nexpected ${[...expected.narrowed]}, ${[...expected.depends]}`;
  }
  const refuses = problems.some(
    ({ code, path }) => code === 'FORBIDDEN' && (operation.root === 'Query' || path.length > 1),
  );
  const isFree = isNeverNarrowed(world, viewer);
  const isRight =
    allowed &&
    (!hides || narrowed.length > 0) &&
    (!refuses || depends.length > 0) &&
    (!isFree || (narrowed.length === 0 && depends.length === 0));
  return isRight ? undefined : `decision: ${JSON.stringify(decided.decision)}`;
}

/** Runs the first operation of a world in a dry run, which shows every object. */
async function checkDryRun(
  world: RuledWorld,
  operation: RuledOperation,
): Promise<string | undefined> {
  const server = serveRuled(world, { isDryRun: true });
  const [viewer] = world.viewers;
  if (viewer === undefined || viewer.groups === null) return undefined;
  const expected = expectedOf(world, operation, { viewer, showsAll: true });
  const answer = await askHost({ world, server, operation, viewer });
  const mayReport = expected.hides || expected.refuses;
  const isRight =
    isAnswered(answer, expected, operation) && (mayReport || server.reported.length === 0);
  return isRight
    ? undefined
    : `dry run: ${JSON.stringify(answer)}\nexpected ${JSON.stringify(expected.data)}`;
}

/** Changes rows that do not exist for a viewer, which must change no byte of its answers. Returns the first difference. */
async function checkChangedWorld(
  numbers: readonly number[],
  counts: { compared: number },
): Promise<string | undefined> {
  const choices = createChoices(numbers);
  const world = drawRuledWorld(choices, { isRight: true, isPlain: false });
  const server = serveRuled(world, { isAtOnce: true });
  const operations = drawOperations(world, choices);
  for (const viewer of world.viewers.filter(({ groups }) => groups !== null).slice(0, 2)) {
    const changed = changeHidden(world, viewer, choices);
    const other = serveRuled(changed, { isAtOnce: true });
    for (const operation of operations) {
      for (const prefer of [undefined, 'handling=lenient', 'decide-only']) {
        const one = await askHost({ world, server, operation, viewer }, prefer);
        const two = await askHost({ world: changed, server: other, operation, viewer }, prefer);
        counts.compared += 1;
        if (JSON.stringify(one) === JSON.stringify(two)) continue;
        const answers = `${JSON.stringify(one)}\nafter a change\n${JSON.stringify(two)}`;
        return [answers, describe(world), operation.text, JSON.stringify(viewer)].join('\n');
      }
    }
  }
  return undefined;
}
