import { decide } from '@graphql-gatehouse/authorization';
import { createAccessRecord, decideAccessRecord } from '@graphql-gatehouse/authorization/reports';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, holding, withPolicies } from './fixtures.ts';
import { guardAnswering, provenKinds } from './generated-rounds.ts';
import { choicesArbitrary, forAll, runs } from './property-run.ts';

/** A record as it is stored, of a schema whose policies are not asked. */
function recordOf(source: GraphQLSchema, policyNames: readonly string[] = ['SELF', 'BOSS']) {
  const { requirements } = guardAnswering(source, policyNames);
  const record = createAccessRecord(source, requirements);
  return { requirements, record: JSON.parse(JSON.stringify(record)) as typeof record };
}

const sdl = `${withPolicies} type Query {
  open: Int @public
  any: Int @auth
  admins: T @auth(requires: [ADMIN])
  own: Int @auth(requires: [ADMIN], or: [SELF])
  rows: [T] @auth(requires: [ADMIN], rows: [SELF, BOSS])
  fresh: Int @auth(requires: [ADMIN], maxAge: 600)
  strong: Int @auth(factors: 2)
  give(input: Level): Level @public
}
type T { n: Int }
enum Level { LOW HIGH @auth(requires: [ADMIN], readable: true) }`;

const decideFor = (groups: readonly string[] | null, factors: 1 | 2 = 2) =>
  decideAccessRecord(recordOf(buildSchema(sdl)).record, {
    groups: groups && new Set(groups),
    factors,
  }).map(({ coordinate, verdict, conditions }) => [coordinate, verdict, ...conditions].join(' '));

describe('a stored record of access', () => {
  it('says which coordinates are enum values', () => {
    const { coordinates } = recordOf(buildSchema(sdl)).record;
    const values = coordinates.filter(({ isEnumValue }) => isEnumValue === true);
    expect(values.map(({ coordinate }) => coordinate)).toEqual(
      coordinates
        .map(({ coordinate }) => coordinate)
        .filter((each) => /^(Group|Policy|Level)\./.test(each)),
    );
    expect(values.map(({ coordinate }) => coordinate)).toContain('Level.HIGH');
  });

  it('says what a group could access, without what is as its parent', () => {
    expect(decideFor(['ADMIN'])).toEqual([
      'Query.open allowed',
      'Query.any allowed',
      'Query.admins allowed',
      'Query.own allowed',
      'Query.rows allowed',
      'Query.fresh allowed 600 s',
      'Query.strong allowed 2 factors',
      'Query.give allowed',
      'Level.HIGH allowed',
    ]);
  });

  it('says what depends on policies and rows, and what only fields return', () => {
    expect(decideFor([])).toEqual([
      'Query.open allowed',
      'Query.any allowed',
      'Query.admins refused',
      'Query.own depends SELF',
      'Query.rows depends rows: SELF or BOSS',
      'Query.fresh refused',
      'Query.strong allowed 2 factors',
      'Query.give allowed',
      'Level.HIGH allowed readable',
    ]);
  });

  it('refuses programs what asks for two kinds of factors, and anonymous viewers all but what is public', () => {
    expect(decideFor([], 1)).toContain('Query.strong refused 2 factors');
    expect(decideFor(null).filter((each) => !each.includes('refused'))).toEqual([
      'Query.open allowed',
      'Query.give allowed',
      'Level.HIGH allowed readable',
    ]);
  });

  it('has each coordinate, and says that a root field without a requirement is public', () => {
    const { record } = recordOf(buildSchema(sdl));
    expect(record.coordinates).toContainEqual({ coordinate: 'Query.open', isPublic: true });
    expect(record.coordinates).toContainEqual({ coordinate: 'T' });
    expect(record.coordinates).toContainEqual({ coordinate: 'T.n' });
  });

  it('has each clause once, and fails when one is missing', () => {
    const { record } = recordOf(buildSchema(sdl));
    expect(new Set(record.clauses.map((each) => JSON.stringify(each))).size).toBe(
      record.clauses.length,
    );
    const viewer = { groups: null, factors: 2 } as const;
    expect(() => decideAccessRecord({ ...record, clauses: [] }, viewer)).toThrow(RangeError);
  });

  it.each(provenKinds)('decides as the server does, for schemas with $kind', async (each) => {
    const verdicts = new Set<string>();
    await forAll({
      file: 'test/authorization/access-record.test.ts',
      arbitrary: choicesArbitrary(1000),
      numRuns: Math.ceil(runs / 4),
      async check(numbers) {
        const source = each.toSchema(each.generate(numbers));
        const { record } = recordOf(source, each.policyNames);
        for (const groups of heldGroups) {
          for (const { coordinate, verdict, conditions } of decideRecord(record, groups)) {
            verdicts.add(verdict);
            const expected = expectedVerdict(source, coordinate, groups);
            const isExplained =
              verdict === expected ||
              (verdict === 'allowed' && expected === 'refused' && conditions[0] === 'readable') ||
              // The rule of a returned type narrows what the field itself allows.
              (verdict === 'depends' && expected === 'allowed' && /exists/.test(conditions.join()));
            if (!isExplained)
              return `${coordinate} is ${verdict} and not ${expected} for ${groups}`;
          }
        }
        return undefined;
      },
      isEnough: () => ['allowed', 'depends', 'refused'].every((each) => verdicts.has(each)),
    });
  });
});

type Held = readonly string[] | null;

const heldGroups: readonly Held[] = [null, [], ['G1'], ['G2'], ['G1', 'G3']];

const decideRecord = (record: Parameters<typeof decideAccessRecord>[0], groups: Held) =>
  decideAccessRecord(record, { groups: groups && new Set(groups), factors: 2 });

/** The verdict on a coordinate for a viewer who has just proved everything. */
function expectedVerdict(source: GraphQLSchema, coordinate: string, groups: Held): string {
  const now = new Date();
  const authenticatedAt = { PASSWORD: now, OTP: now };
  const viewer = groups === null ? anonymous : { ...holding(...groups), authenticatedAt };
  const { outcome } = decide(source, coordinate, viewer, now);
  return outcomes[outcome];
}

const outcomes = {
  allowed: 'allowed',
  depends: 'depends',
  narrowed: 'depends',
  forbidden: 'refused',
  unauthenticated: 'refused',
  unproven: 'refused',
} as const;
