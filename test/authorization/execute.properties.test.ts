import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Authorization, createAuthorization, type Viewer } from '@gatehouse/authorization';
import fc from 'fast-check';
import type { ExecutionResult } from 'graphql';
import { execute, GraphQLError, getOperationAST } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, holding } from './fixtures.ts';
import {
  createChoices,
  type GeneratedOperation,
  generateOperation,
  viewers,
} from './generators.ts';
import { createListWorld, generateLists } from './list-world.ts';
import { choicesArbitrary, forAll, isReplay, runs, seed } from './property-run.ts';

interface Context {
  readonly viewer: Viewer;
  /** How often the viewer was read: once for each field that the executor resolves. */
  reads: number;
}

/** How often the lists of an execution were compiled. */
interface Counts {
  operations: number;
  withErrors: number;
  compiled: number;
}

const rounds = fc.record({
  schema: choicesArbitrary(1000),
  operations: fc.tuple(...Array.from({ length: 6 }, () => choicesArbitrary(500))),
});

function createSetting(numbers: readonly number[]) {
  const sdl = generateLists(createChoices(numbers));
  const authorization = createAuthorization<Viewer, Context>(createListWorld(sdl), {
    policies: { OWN: (_viewer, source) => JSON.stringify(source).length % 2 === 0 },
    viewerOf(context) {
      context.reads += 1;
      return context.viewer;
    },
  });
  return { sdl, authorization };
}

/** The rejections of one execution that nothing handled: graphql-js drops some promises. */
let dropped: unknown[] = [];

type Way = Authorization<Context>['execute'];

interface Answer {
  readonly result: ExecutionResult;
  readonly reads: number;
  readonly dropped: readonly unknown[];
}

/** What one way of execution answers, alone or after the operation was authorized. */
async function answer(
  { schema, authorizeOperation }: Authorization<Context>,
  { way, operation, viewer, isLenient }: Asked & { readonly way: Way },
): Promise<Answer> {
  const contextValue = { viewer, reads: 0 };
  const { document, operationName, variables: variableValues } = operation;
  const request = { document, operationName, variableValues, contextValue };
  if (isLenient) await authorizeOperation({ ...request, isLenient });
  const before = contextValue.reads;
  dropped = [];
  const result = await way({ ...request, schema });
  await setImmediate();
  return { result, reads: contextValue.reads - before, dropped };
}

interface Asked {
  readonly operation: GeneratedOperation;
  readonly viewer: Viewer;
  readonly isLenient: boolean;
}

async function findDifference(
  authorization: Authorization<Context>,
  asked: Asked,
  counts: Counts,
): Promise<string | undefined> {
  const expected = await answer(authorization, { ...asked, way: execute });
  const seen = await answer(authorization, { ...asked, way: authorization.execute });
  counts.operations += 1;
  if (expected.result.errors !== undefined) counts.withErrors += 1;
  if (seen.reads < expected.reads) counts.compiled += 1;
  const [one, other] = [JSON.stringify(seen.result), JSON.stringify(expected.result)];
  if (one !== other) return `got\n${one}\ninstead of\n${other}`;
  if (seen.dropped.length !== expected.dropped.length) return `drops ${seen.dropped}`;
  if (!seen.dropped.every(isOfExecutor)) return `drops ${seen.dropped}`;
  const [seenData, expectedData] = [seen.result.data, expected.result.data].map(comparable);
  if (!isDeepStrictEqual(seenData, expectedData)) return 'differs in prototypes';
  return undefined;
}

/** Scalars can be functions here, which are new ones in each execution. */
function comparable(value: unknown): unknown {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, comparable(each)]);
  return Object.assign(Object.create(Object.getPrototypeOf(value)), Object.fromEntries(entries));
}

const isOfExecutor = (error: unknown) => error instanceof GraphQLError;

interface Round {
  readonly schema: readonly number[];
  readonly operations: readonly (readonly number[])[];
}

async function checkRound(round: Round, counts: Counts): Promise<string | undefined> {
  const { sdl, authorization } = createSetting(round.schema);
  for (const numbers of round.operations) {
    const operation = generateOperation(authorization.source, createChoices(numbers));
    if (operation === undefined || isSubscription(operation)) continue;
    for (const groups of viewers) {
      for (const isLenient of [false, true]) {
        const viewer = groups === null ? anonymous : holding(...groups);
        const difference = await findDifference(
          authorization,
          { operation, viewer, isLenient },
          counts,
        );
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

async function collectingDropped(work: () => Promise<void>): Promise<void> {
  const listeners = process.listeners('unhandledRejection');
  const onRejection = (reason: unknown) => dropped.push(reason);
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', onRejection);
  try {
    await work();
  } finally {
    process.off('unhandledRejection', onRejection);
    for (const each of listeners) process.on('unhandledRejection', each);
  }
}

describe(`an operation whose lists are compiled (seed ${seed})`, () => {
  it('is answered as by graphql-js, to the byte', async () => {
    const counts: Counts = { operations: 0, withErrors: 0, compiled: 0 };
    await collectingDropped(() =>
      forAll({
        file: 'test/authorization/execute.properties.test.ts',
        arbitrary: rounds,
        numRuns: runs,
        check: (round) => checkRound(round, counts),
      }),
    );
    process.stdout.write(`${JSON.stringify(counts)}\n`);
    if (isReplay) return;
    // Lists without guards are not counted, and most viewers are refused something.
    expect(counts.compiled).toBeGreaterThan(counts.operations / 100);
    expect(counts.withErrors).toBeGreaterThan(counts.operations / 10);
  }, 600_000);
});
