import {
  type AccessRecord,
  compareAccess,
  createAccessMatrix,
  createAccessRecord,
} from '@graphql-gatehouse/authorization/reports';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { reachableTypeNames } from '../../packages/authorization/src/requirements/reachable-types.ts';
import { withPolicies } from './fixtures.ts';
import { decidedKinds, guardAnswering } from './generated-rounds.ts';
import { choicesArbitrary, forAll, runs } from './property-run.ts';

/** What is known of a schema: its record as it is stored, and its rows as they are decided with the schema. */
function read(source: GraphQLSchema, policyNames: readonly string[], groups: readonly string[]) {
  const { requirements } = guardAnswering(source, policyNames);
  const record: AccessRecord = JSON.parse(JSON.stringify(createAccessRecord(source, requirements)));
  const { rows } = createAccessMatrix(source, requirements, groups);
  const printed = new Map(
    rows.map(({ coordinate, requirement, texts }) => [coordinate, { requirement, cells: texts }]),
  );
  return { source, record, printed };
}

const groupNames = ['ADMIN', 'EDITOR', 'USER'];
const readSdl = (sdl: string) =>
  read(buildSchema(`${withPolicies} ${sdl}`), ['SELF', 'BOSS'], groupNames);

/** The changes in lines, with the columns anonymous, authenticated and ADMIN. */
const changesBetween = (former: string, present: string) =>
  compareAccess(readSdl(former).record, readSdl(present).record, ['ADMIN']).rows.map(
    ({ coordinate, was, now }) =>
      [coordinate, ...[was, now].map((row) => row && [row.requirement, ...row.cells].join(' '))]
        .map((each) => each ?? '-')
        .join(' | '),
  );

describe('the comparison of two records of access', () => {
  it.each([
    {
      what: 'nothing, of the same schema in another order',
      former: 'type Query { a: Int @public b: T @auth } type T { n: Int }',
      present: 'type T { n: Int } type Query { b: T @auth a: Int @public }',
      changes: [],
    },
    {
      what: 'another guard',
      former: 'type Query { a: Int @auth(requires: [ADMIN]) }',
      present: 'type Query { a: Int @auth(requires: [EDITOR], or: [SELF]) }',
      changes: [
        'Query.a | @auth(requires: [ADMIN]) no no yes | @auth(requires: [EDITOR], or: [SELF]) no SELF SELF',
      ],
    },
    {
      what: 'a second group that is asked for, although no column differs',
      former: 'type Query { a: Int @auth(requires: [ADMIN]) @auth(requires: [EDITOR]) }',
      present: 'type Query { a: Int @auth(requires: [ADMIN]) @auth(requires: [USER]) }',
      changes: [
        'Query.a | @auth(requires: [ADMIN]) @auth(requires: [EDITOR]) no no no | @auth(requires: [ADMIN]) @auth(requires: [USER]) no no no',
      ],
    },
    {
      what: 'new and removed coordinates, also those that are as their parents',
      former: 'type Query { a: T @public } type T { n: Int }',
      present: 'type Query { a: T @public b: Int @auth } type T { m: Int }',
      changes: [
        'Query.b | - | @auth no yes yes',
        'T.m | - | as its parent   ',
        'T.n | as its parent    | -',
      ],
    },
    {
      what: 'a guard that is added to a field, and one that is removed, which are no new ones',
      former: 'type Query { a: T @public } type T { n: Int m: Int @auth }',
      present: 'type Query { a: T @public } type T { n: Int @auth m: Int }',
      changes: [
        'T.n | as its parent    | @auth no yes yes',
        'T.m | @auth no yes yes | as its parent   ',
      ],
    },
    {
      what: 'a guard that is added to a type, which is no new one',
      former: 'type Query { a: S @public } scalar S',
      present: 'type Query { a: S @public } scalar S @auth',
      changes: [
        'Query.a | public yes yes yes | @auth no yes yes',
        'S | as its parent    | @auth no yes yes',
      ],
    },
    {
      what: 'a rule of a type that hides values of a public field',
      former: 'type Query { a: I @public } interface I { n: Int } type T implements I { n: Int }',
      present: `type Query { a: I @public } interface I { n: Int }
        type T implements I @auth(requires: [ADMIN], rows: [SELF]) { n: Int }`,
      changes: [
        'Query.a | public yes yes yes | public exists: T exists: T all',
        'T | as its parent    | @auth(requires: [ADMIN], rows: [SELF]) no rows: SELF all',
      ],
    },
  ])('finds $what', ({ former, present, changes }) => {
    expect(changesBetween(former, present)).toEqual(changes);
  });

  it('has the columns that are asked for, and decides groups that a schema lacks as none', () => {
    const sdl = 'type Query { a: Int @auth(requires: [ADMIN]) }';
    const former = readSdl(sdl);
    const { columns, rows } = compareAccess(former.record, former.record, ['ADMIN', 'JANITOR']);
    expect([columns, rows]).toEqual([['anonymous', 'authenticated', 'ADMIN', 'JANITOR'], []]);
  });

  it.each(decidedKinds)(
    'finds what differs between the matrices of two schemas with $kind',
    async ({ generate, toSchema, policyNames }) => {
      const seen = new Set<string>();
      await forAll({
        file: 'test/authorization/access-changes.test.ts',
        arbitrary: fc.tuple(choicesArbitrary(1000), choicesArbitrary(1000)),
        numRuns: Math.ceil(runs / 8),
        async check(numbers) {
          const [former, present] = numbers.map((each) =>
            read(toSchema(generate(each)), policyNames, ['G1', 'G2', 'G3']),
          );
          if (former === undefined || present === undefined) return 'there are two';
          const changes = compareAccess(former.record, present.record, ['G1', 'G2', 'G3']).rows;
          const found = new Map(changes.map(({ coordinate, ...change }) => [coordinate, change]));
          const all = [...former.printed.keys(), ...present.printed.keys(), ...found.keys()];
          for (const coordinate of new Set(all)) {
            const expected = { was: rowOf(former, coordinate), now: rowOf(present, coordinate) };
            const isSame = JSON.stringify(expected.was) === JSON.stringify(expected.now);
            const { was, now } = found.get(coordinate) ?? {};
            const actual = was === undefined ? undefined : { was, now };
            seen.add(isSame ? 'same' : `${expected.was !== null} ${expected.now !== null}`);
            if (JSON.stringify(actual) === JSON.stringify(isSame ? undefined : expected)) continue;
            return `${coordinate}: ${JSON.stringify({ actual, expected })}`;
          }
          return undefined;
        },
        isEnough: () =>
          ['false true', 'same', 'true false', 'true true'].every((each) => seen.has(each)),
      });
    },
  );
});

/** The row of a coordinate. A type without a guard has no row, and is as its parent. */
function rowOf({ source, printed }: ReturnType<typeof read>, coordinate: string) {
  const row = printed.get(coordinate);
  if (row !== undefined) return row;
  const isBareType = !coordinate.includes('.') && reachableTypeNames(source).has(coordinate);
  return isBareType ? { requirement: 'as its parent', cells: ['', '', '', '', ''] } : null;
}
