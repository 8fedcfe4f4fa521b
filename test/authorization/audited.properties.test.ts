import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import {
  execute,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  parse,
  print,
  separateOperations,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { expectReads, withTypesAndIds } from './audited-oracle.ts';
import { askAudited, createAuditedWorld, executors, groups, visitor } from './audited-world.ts';
import { createChoices, generateOperation } from './generators.ts';
import { choicesArbitrary, forAll, runs, seed, withRejections } from './property-run.ts';
import { createScope } from './selected-fields.ts';

const file = 'test/authorization/audited.properties.test.ts';

const roots =
  'ward: Ward @public patients: [Patient!] @public found: [[Found]!] @public count: String @public @audited';
const sdl = /* GraphQL */ `
  interface Person { id: ID! born: String @audited home: Home }
  type Patient implements Person { id: ID! born: String home: Home! name: String! notes: [Note!]! ssn: String @audited ward: Ward }
  type Doctor implements Person { id: ID! born: String home: Home wards: Wards }
  type Note @audited { id: ID! text: String! ssn: String @audited home: Home }
  type Home @audited { street: String owner: Person }
  type Ward { id: ID! title: String head: Person staff: Wards }
  type Wards { edges: [Edge] total: String @audited }
  type Edge { cursor: String! @audited node: Ward }
  union Found = Patient | Home | Note
  type Query { ${roots} }
  type Mutation { ${roots} }
`;
const audited = new Set(
  `Query.count Mutation.count Patient.born Doctor.born Patient.ssn Note Note.ssn Home Wards.total Edge.cursor`.split(
    ' ',
  ),
);
const idTypes = ['Patient', 'Doctor', 'Note', 'Ward'];
const plain = makeExecutableSchema({ typeDefs: [groups, sdl] });

/** A value that is null, failed or late in some places, also where it must not be. */
const inAnyState = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 40, arbitrary: value },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(new GraphQLError('It failed.')) },
    { weight: 8, arbitrary: value.map((each) => () => Promise.resolve(each)) },
  );

function placeOf(given: GraphQLOutputType, depth: number): fc.Arbitrary<unknown> {
  const type = getNullableType(given);
  if (isListType(type)) return inAnyState(fc.array(itemOf(type.ofType, depth), { maxLength: 3 }));
  return inAnyState(objectOf(getNamedType(type), depth));
}

/** Items of lists are not called. */
const itemOf = (type: GraphQLOutputType, depth: number): fc.Arbitrary<unknown> =>
  placeOf(type, depth).map((each) => (typeof each === 'function' ? each() : each));

function objectOf(type: GraphQLNamedType, depth: number): fc.Arbitrary<unknown> {
  if (!isCompositeType(type)) return fc.constantFrom('x', 'y');
  if (depth === 0) return fc.constant(null);
  const possible = isObjectType(type) ? [type] : plain.getPossibleTypes(type);
  return fc.oneof(
    ...possible.map((each) =>
      fc.record({
        ...Object.fromEntries(
          Object.values(each.getFields()).map(({ name, type: returned }) => [
            name,
            placeOf(returned, depth - 1),
          ]),
        ),
        __typename: fc.constant(each.name),
        id: fc.constantFrom('1', '2', '3'),
      }),
    ),
  );
}

const query = plain.getQueryType() ?? expect.fail('There is no Query.');
const cases = fc.record({ operation: choicesArbitrary(300), rootValue: objectOf(query, 5) });

describe(`what is recorded of an answer (seed ${seed})`, () => {
  it('is what an oracle finds in it, whatever it holds', async () => {
    const tally = { recorded: 0 };
    const world = createAuditedWorld(sdl, {});
    // graphql-js drops the promises of an object that an error has replaced.
    await withRejections(
      () => {},
      () =>
        forAll({
          file,
          arbitrary: cases,
          numRuns: 5 * runs,
          async check({ operation, rootValue }) {
            const generated = generateOperation(plain, createChoices(operation));
            if (generated === undefined) return undefined;
            const { operationName, variables } = generated;
            const text = print(
              separateOperations(generated.document)[operationName] ?? generated.document,
            );
            const document = withTypesAndIds(parse(text), idTypes);
            const variableValues = variables;
            const result = await execute({ schema: plain, document, rootValue, variableValues });
            const scope = createScope({ document, operationName, variables });
            const expected = toText(expectReads(plain, scope, result, audited));
            for (const { by, run } of executors) {
              world.deliveries.length = 0;
              const withRoot: typeof run = (authorization, request) =>
                run(authorization, { ...request, rootValue });
              const request = { query: text, context: visitor, run: withRoot, variableValues };
              await askAudited(world, request);
              const reads = world.deliveries.flatMap((each) => each.reads);
              tally.recorded += reads.length;
              const seen = reads.map(({ coordinate, type, ids }): [string, readonly string[]] => [
                type === undefined ? coordinate : `${coordinate} ${type}`,
                ids,
              ]);
              const got = toText(seen);
              if (got !== expected)
                return `${by}: ${text}\nrecorded\n${got}\ninstead of\n${expected}`;
            }
            return undefined;
          },
          tally,
          isEnough: () => tally.recorded > 4 * runs,
        }),
    );
  }, 600_000);
});

const toText = (reads: Iterable<readonly [string, Iterable<string>]>): string =>
  [...reads]
    .map(([key, ids]) => `${key}: ${[...ids].sort().join(',')}`)
    .sort()
    .join('\n');
