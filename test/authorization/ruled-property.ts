import { isDeepStrictEqual } from 'node:util';
import { createAdmit } from '@graphql-gatehouse/authorization';
import { type ExecutionResult, execute } from 'graphql';
import { executeKnown } from './execute-known.ts';
import { type Choices, createChoices } from './generators.ts';
import type { DrawnViewer } from './rows-generators.ts';
import { isAnswered, isAnsweredToAnonymous, isExecuted, isTolerated } from './ruled-answers.ts';
import { changeHidden } from './ruled-changes.ts';
import { drawRuledWorld, type RuledWorld, toRuledSdl } from './ruled-generators.ts';
import { drawOperation, type RuledOperation } from './ruled-operations.ts';
import { type Expected, expectedOf, isNeverNarrowed } from './ruled-oracle.ts';
import { type RuledServer, serveRuled, viewerOf } from './ruled-server.ts';

/** What was compared. */
export interface RuledCounts {
  triples: number;
  /** Of them: a rule has hidden something. */
  hidden: number;
  refused: number;
  mistakes: number;
  late: number;
  anonymous: number;
}

export const newCounts = (): RuledCounts => ({
  triples: 0,
  hidden: 0,
  refused: 0,
  mistakes: 0,
  late: 0,
  anonymous: 0,
});

/** Draws a world with operations, and compares all answers to all viewers with the oracle. Returns the first difference. */
export async function checkRuledWorld(
  numbers: readonly number[],
  counts: RuledCounts,
): Promise<string | undefined> {
  const choices = createChoices(numbers);
  const world = drawRuledWorld(choices, { isRight: choices.rarely(2) });
  const server = serveRuled(world);
  const [first, ...others] = drawOperations(world, choices);
  const show = (problem: string, operation: RuledOperation, viewer?: DrawnViewer) =>
    [problem, describe(world), operation.text, JSON.stringify(viewer)].join('\n');
  for (const operation of [first, ...others]) {
    for (const viewer of world.viewers) {
      const problem = await checkTriple({ world, server, operation, viewer }, counts);
      if (problem !== undefined) return show(problem, operation, viewer);
    }
  }
  const problem = await checkDryRun(world, first);
  return problem === undefined ? undefined : show(problem, first, world.viewers[0]);
}

/** The schema and the data of a world, to be read in a failure. */
const describe = (world: RuledWorld): string =>
  `${toRuledSdl(world)}\n${JSON.stringify(world, toPlain)}`;

export function drawOperations(
  world: RuledWorld,
  choices: Choices,
): readonly [RuledOperation, ...RuledOperation[]] {
  const draw = () => drawOperation(world, choices);
  return [draw(), draw(), draw(), draw()];
}

const toPlain = (_key: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value;

export interface Triple {
  readonly world: RuledWorld;
  readonly server: RuledServer;
  readonly operation: RuledOperation;
  readonly viewer: DrawnViewer;
}

const toRequest = ({ operation, viewer }: Triple) => ({
  document: operation.document,
  variableValues: operation.variables,
  contextValue: { viewer: viewerOf(viewer) },
});

/** Asks as a host does. */
export async function askHost(triple: Triple, prefer?: string): Promise<ExecutionResult> {
  const { authorization } = triple.server;
  const request = toRequest(triple);
  const admission = await createAdmit(authorization)({ ...request, prefer });
  if (admission.kind === 'answered') return plainOf(admission.result);
  return plainOf((await admission.finish(await executeKnown(authorization, request))).result);
}

const plainOf = (result: ExecutionResult): ExecutionResult => JSON.parse(JSON.stringify(result));

async function checkTriple(triple: Triple, counts: RuledCounts): Promise<string | undefined> {
  counts.triples += 1;
  const { world, server, operation, viewer } = triple;
  if (viewer.groups === null) {
    counts.anonymous += 1;
    const answer = await askHost(triple);
    return isAnsweredToAnonymous(world, operation, { viewer, answer })
      ? undefined
      : `anonymous: ${JSON.stringify(answer)}`;
  }
  const expected = expectedOf(world, operation, { viewer, showsAll: false });
  count(expected, counts);
  const { schema } = server.authorization;
  const ran = plainOf(await execute({ schema, ...toRequest(triple) }));
  const compiled = plainOf(await executeKnown(server.authorization, toRequest(triple)));
  const show = (title: string, answer: unknown) =>
    `${title}: ${JSON.stringify(answer)}\nexpected ${JSON.stringify(expected)}`;
  if (JSON.stringify(ran) !== JSON.stringify(compiled)) return show('compiled', [ran, compiled]);
  if (!isExecuted(ran, expected)) return show('execute', ran);
  const answer = await askHost(triple);
  if (!isAnswered(answer, expected, operation)) return show('answer', answer);
  if (operation.kind === 'query') {
    const lenient = await askHost(triple, 'handling=lenient');
    if (!isTolerated(lenient, expected)) return show('lenient', lenient);
  }
  return await checkDecision(triple, expected);
}

function count({ hides, problems }: Expected, counts: RuledCounts): void {
  if (hides) counts.hidden += 1;
  if (problems.some(({ code }) => code === 'FORBIDDEN')) counts.refused += 1;
  if (problems.some(({ code, isLate }) => code !== 'FORBIDDEN' && !isLate)) counts.mistakes += 1;
  if (problems.some(({ isLate }) => isLate)) counts.late += 1;
}

/** Whether a decision names what a rule hides and refuses, and nothing to a viewer whom no rule narrows. */
async function checkDecision(
  triple: Triple,
  { hides, problems }: Expected,
): Promise<string | undefined> {
  const { world, operation, viewer, server } = triple;
  const decided = await server.authorization.decideOperation(toRequest(triple));
  if (decided.kind === 'invalid') return `not decided: ${decided.errors}`;
  const { allowed, narrowed, depends } = decided.decision;
  const refuses = problems.some(
    ({ code, path }) => code === 'FORBIDDEN' && (operation.kind === 'query' || path.length > 1),
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
  const { data, hides } = expectedOf(world, operation, { viewer, showsAll: true });
  const answer = await askHost({ world, server, operation, viewer });
  const isRight = isDeepStrictEqual(answer, { data }) && (hides || server.reported.length === 0);
  return isRight
    ? undefined
    : `dry run: ${JSON.stringify(answer)}\nexpected ${JSON.stringify(data)}`;
}

/** Changes rows that do not exist for a viewer, which must change no byte of its answers. Returns the first difference. */
export async function checkChangedWorld(
  numbers: readonly number[],
  counts: { compared: number },
): Promise<string | undefined> {
  const choices = createChoices(numbers);
  const world = drawRuledWorld(choices, { isRight: true });
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
