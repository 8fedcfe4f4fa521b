import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { describe, it } from 'vitest';
import { executeKnown } from './execute-known.ts';
import { compareExecutions } from './execute-property.ts';
import { settings } from './execute-settings.ts';
import { anonymous, groupsOnly, type TestContext } from './fixtures.ts';
import { forAll, runs, seed, withoutUnhandledRejections } from './property-run.ts';
import { operationOf, valueCases, valueResolvers, valueTypeDefs } from './values-world.ts';

const file = 'test/authorization/execute.properties.test.ts';

describe(`an operation that was compiled (seed ${seed})`, () => {
  it.each(settings)(
    'is answered as by graphql-js, to the byte, on schemas of $of',
    async ({ createSetting }) => {
      await compareExecutions(file, createSetting, runs / 2);
    },
    600_000,
  );

  it('is answered as by graphql-js, to the byte, whatever a resolver returns or throws', () => {
    const authorization = createAuthorization<Viewer, TestContext>(
      makeExecutableSchema({ typeDefs: [groupsOnly, valueTypeDefs], resolvers: valueResolvers }),
      { policies: {}, viewerOf: ({ viewer }) => viewer },
    );
    return withoutUnhandledRejections(() =>
      forAll({
        file,
        arbitrary: valueCases,
        numRuns: 20 * runs,
        async check(valueCase) {
          const document = parse(operationOf(valueCase));
          const { schema } = authorization;
          const request = { schema, document, contextValue: { viewer: anonymous } };
          const expected = JSON.stringify(await execute(request));
          const seen = JSON.stringify(await executeKnown(authorization, request));
          return seen === expected ? undefined : `got\n${seen}\ninstead of\n${expected}`;
        },
      }),
    );
  }, 600_000);
});
