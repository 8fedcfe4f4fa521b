import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Authorization, Viewer } from '@graphql-gatehouse/authorization';
import type { ExecutionResult } from 'graphql';
import { execute, GraphQLError, getOperationAST } from 'graphql';
import type { CreateSetting, ExecutedContext, Setting } from './execute-settings.ts';
import { anonymous, holding } from './fixtures.ts';
import { operationsOf, type Round, roundsOf } from './generated-rounds.ts';
import { type GeneratedOperation, viewers } from './generators.ts';
import { forAll, withRejections } from './property-run.ts';

/** What was compared. */
interface Counts {
  operations: number;
  withErrors: number;
  compiled: number;
}

/** The rejections of one execution that nothing handled: graphql-js drops some promises. */
let dropped: unknown[] = [];

type Way = Authorization<ExecutedContext>['execute'];

interface Answer {
  readonly result: ExecutionResult;
  readonly context: ExecutedContext;
  readonly dropped: readonly unknown[];
}

interface Asked {
  readonly operation: GeneratedOperation;
  readonly viewer: Viewer;
  readonly isLenient: boolean;
}

/** What one way of execution answers, alone or after the operation was authorized. */
async function answer(
  { schema, authorizeOperation }: Authorization<ExecutedContext>,
  { operation, viewer, isLenient }: Asked,
  way: Way,
): Promise<Answer> {
  const context: ExecutedContext = { viewer, calls: [] };
  const { document, operationName, variables: variableValues } = operation;
  const request = { document, operationName, variableValues, contextValue: context };
  if (isLenient) await authorizeOperation({ ...request, isLenient });
  context.calls.length = 0;
  dropped = [];
  const result = await way({ ...request, schema });
  await setImmediate();
  return { result, context, dropped };
}

async function findDifference(
  { authorization }: Setting,
  asked: Asked,
  counts: Counts,
): Promise<string | undefined> {
  const expected = await answer(authorization, asked, execute);
  const first = await answer(authorization, asked, authorization.execute);
  const second = await answer(authorization, asked, authorization.execute);
  const third = await answer(authorization, asked, authorization.execute);
  counts.operations += 1;
  if (expected.result.errors !== undefined) counts.withErrors += 1;
  const { fragments } = second.context;
  if (fragments !== undefined && fragments === third.context.fragments) counts.compiled += 1;
  return differ(first, expected) ?? differ(second, expected) ?? differ(third, expected);
}

function differ(seen: Answer, expected: Answer): string | undefined {
  const [one, other] = [JSON.stringify(seen.result), JSON.stringify(expected.result)];
  if (one !== other) return `got\n${one}\ninstead of\n${other}`;
  if (seen.dropped.length !== expected.dropped.length) return `drops ${seen.dropped}`;
  if (!seen.dropped.every((error) => error instanceof GraphQLError)) return `drops ${seen.dropped}`;
  const [seenCalls, expectedCalls] = [seen.context.calls, expected.context.calls];
  if (!isDeepStrictEqual(seenCalls, expectedCalls)) {
    return `calls\n${seenCalls.join('\n')}\ninstead of\n${expectedCalls.join('\n')}`;
  }
  const [seenData, expectedData] = [seen.result.data, expected.result.data].map(comparable);
  return isDeepStrictEqual(seenData, expectedData) ? undefined : 'differs in prototypes';
}

/** Scalars can be functions here, which are new ones in each execution. */
function comparable(value: unknown): unknown {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, comparable(each)]);
  return Object.assign(Object.create(Object.getPrototypeOf(value)), Object.fromEntries(entries));
}

/** Compares each operation of a round, for each viewer. Returns the first difference. */
async function checkRound(
  round: Round,
  createSetting: CreateSetting,
  counts: Counts,
): Promise<string | undefined> {
  const setting = createSetting(round.schema);
  const { sdl, authorization } = setting;
  for (const operation of operationsOf(round, authorization.source)) {
    if (isSubscription(operation)) continue;
    for (const groups of viewers) {
      for (const isLenient of [false, true]) {
        const viewer = groups === null ? anonymous : holding(...groups);
        const difference = await findDifference(setting, { operation, viewer, isLenient }, counts);
        if (difference === undefined) continue;
        const variables = JSON.stringify(operation.variables);
        return [difference, sdl, operation.text, variables, `as ${groups}`].join('\n');
      }
    }
  }
  return undefined;
}

const isSubscription = ({ document, operationName }: GeneratedOperation): boolean =>
  getOperationAST(document, operationName)?.operation === 'subscription';

/** Generates schemas and operations, and compares all answers with those of graphql-js. @throws {Error} for a difference. */
export async function compareExecutions(
  file: string,
  createSetting: CreateSetting,
  numRuns: number,
): Promise<Counts> {
  const counts: Counts = { operations: 0, withErrors: 0, compiled: 0 };
  const check = (round: Round) => checkRound(round, createSetting, counts);
  // Mutations are not compiled, and a few queries select nothing that has a resolver.
  const isEnough = () =>
    counts.compiled > counts.operations / 3 && counts.withErrors > counts.operations / 10;
  await withRejections(
    (reason) => dropped.push(reason),
    () => forAll({ file, arbitrary: roundsOf(6), numRuns, check, tally: counts, isEnough }),
  );
  return counts;
}
