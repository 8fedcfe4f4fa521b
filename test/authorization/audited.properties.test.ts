import { setImmediate } from 'node:timers/promises';
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
  isInterfaceType,
  isListType,
  isObjectType,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectReads, withTypesAndIds } from './audited-oracle.ts';
import { askAudited, createAuditedWorld, executors, groups, visitor } from './audited-world.ts';
import { forAll, runs, seed } from './property-run.ts';

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

function selectionOf(type: GraphQLNamedType, depth: number): fc.Arbitrary<string> {
  const possible = isObjectType(type) || !isCompositeType(type) ? [] : plain.getPossibleTypes(type);
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const open = fields.filter(
    ({ type: returned }) => depth > 0 || !isCompositeType(getNamedType(returned)),
  );
  const ofFields = open.map(({ name, type: returned }) => {
    const named = getNamedType(returned);
    const prefix = fc.constantFrom('', '', `b_${name}: `);
    const condition = fc.constantFrom('', '', '@skip(if: false)', '@skip(if: true)');
    const below = isCompositeType(named) ? selectionOf(named, depth - 1) : fc.constant('');
    return fc
      .tuple(prefix, condition, below)
      .map(([alias, skip, set]) => `${alias}${name} ${skip} ${set}`);
  });
  const ofTypes = possible.map((each) =>
    selectionOf(each, depth).map((set) => `... on ${each.name} ${set}`),
  );
  return fc
    .array(fc.oneof(fc.constant('__typename'), ...ofFields, ...ofFields, ...ofTypes), {
      minLength: 1,
      maxLength: 5,
    })
    .map((selections) => `{ ${selections.join(' ')} }`);
}

const query = plain.getQueryType() ?? expect.fail('There is no Query.');
const cases = fc.record({
  kind: fc.constantFrom('query', 'query', 'mutation'),
  selections: selectionOf(query, 4),
  rootValue: objectOf(query, 5),
});

/** graphql-js drops the promises of an object that an error has replaced. */
const ignore = () => {};
const listeners = process.listeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
});
afterAll(async () => {
  await setImmediate(); // the rejections of the last answer
  process.off('unhandledRejection', ignore);
  for (const each of listeners) process.on('unhandledRejection', each);
});

describe(`what is recorded of an answer (seed ${seed})`, () => {
  it('is what an oracle finds in it, whatever it holds', async () => {
    const tally = { recorded: 0 };
    const world = createAuditedWorld(sdl, {});
    await forAll({
      file,
      arbitrary: cases,
      numRuns: 2 * runs,
      async check({ kind, selections, rootValue }) {
        const text = `${kind} ${selections}`;
        const document = withTypesAndIds(parse(text), idTypes);
        const result = await execute({ schema: plain, document, rootValue });
        const expected = toText(expectReads(plain, document, result, audited));
        for (const { by, run } of executors) {
          world.deliveries.length = 0;
          const withRoot: typeof run = (authorization, request) =>
            run(authorization, { ...request, rootValue });
          await askAudited(world, { query: text, context: visitor, run: withRoot });
          const reads = world.deliveries.flatMap((each) => each.reads);
          tally.recorded += reads.length;
          const seen = reads.map(({ coordinate, type, ids }): [string, readonly string[]] => [
            type === undefined ? coordinate : `${coordinate} ${type}`,
            ids,
          ]);
          const got = toText(seen);
          if (got !== expected) return `${by}: ${text}\nrecorded\n${got}\ninstead of\n${expected}`;
        }
        return undefined;
      },
      tally,
      isEnough: () => tally.recorded > runs,
    });
  }, 600_000);
});

const toText = (reads: Iterable<readonly [string, Iterable<string>]>): string =>
  [...reads]
    .map(([key, ids]) => `${key}: ${[...ids].sort().join(',')}`)
    .sort()
    .join('\n');
