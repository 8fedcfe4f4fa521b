import { isDeepStrictEqual } from 'node:util';
import { type Authorization, createAuthorization } from '@graphql-gatehouse/authorization';
import { type ExecutionResult, execute } from 'graphql';
import { it } from 'vitest';
import { holding, type TestContext } from './fixtures.ts';
import { operationsOf, type Round, roundsOf } from './generated-rounds.ts';
import { createChoices } from './generators.ts';
import { brokenOddities, createListWorld, generateLists, listPolicies } from './list-world.ts';
import { forAll, runs, withRejections } from './property-run.ts';

/**
 * The data, and what is null because of an error. If several items of a list that must not be null fail, any one of their
 * errors may be listed. The guarded schema has texts of its own.
 */
function comparable({ data, errors = [] }: ExecutionResult) {
  const shown: unknown = JSON.parse(JSON.stringify(data));
  const places = errors.map(({ path = [] }) => {
    const length = path.findIndex((_, index) => valueAt(shown, path.slice(0, index)) === null);
    return (length === -1 ? path : path.slice(0, length)).join('.');
  });
  return { data: shown, errors: [...new Set(places)].sort() };
}

const valueAt = (data: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), data);

const tally = { cases: 0, withErrors: 0 };

async function check(round: Round): Promise<string | undefined> {
  const sdl = generateLists(createChoices(round.schema));
  const plain = createListWorld(sdl, () => {}, brokenOddities);
  const source = createListWorld(sdl, (info) => authorization.rowsOf(info), brokenOddities);
  const authorization: Authorization<TestContext> = createAuthorization(source, {
    policies: listPolicies,
    viewerOf: ({ viewer }: TestContext) => viewer,
  });
  for (const { document, operationName, variables, text } of operationsOf(round, plain)) {
    const contextValue = { viewer: holding('G1', 'G2', 'G3') };
    const request = { document, operationName, variableValues: variables, contextValue };
    const expected = comparable(await execute({ schema: plain, ...request }));
    const guarded = comparable(await execute({ schema: authorization.schema, ...request }));
    tally.cases += 1;
    if (expected.errors.length > 0) tally.withErrors += 1;
    if (isDeepStrictEqual(guarded, expected)) continue;
    return [sdl, text, JSON.stringify(expected, null, 1), JSON.stringify(guarded, null, 1)].join(
      '\n',
    );
  }
  return undefined;
}

it('delivers lists whose viewer may see everything in them as graphql-js does without guards', async () => {
  await withRejections(
    // Without guards, graphql-js drops promises of items.
    () => {},
    () =>
      forAll({
        file: 'test/authorization/list-values.properties.test.ts',
        arbitrary: roundsOf(4),
        numRuns: 2 * runs,
        check,
        tally,
        isEnough: () => tally.withErrors > tally.cases / 10,
      }),
  );
}, 300_000);
