import { type AuthenticationTimes, kindsOf, type Viewer } from '@graphql-gatehouse/authorization';
import { decideRequirement } from '@graphql-gatehouse/authorization/decision';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileAdmission,
  type Decision,
  decide,
  type PolicyDecision,
  refusalAfter,
} from '../../packages/authorization/src/decision/decision.ts';
import { parseViewer } from '../../packages/authorization/src/decision/viewer.ts';
import {
  type Clause,
  createRequirementPool,
  implies,
} from '../../packages/authorization/src/requirements/requirement.ts';
import { anonymous } from './fixtures.ts';

const now = new Date('2026-07-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

const factors = ['PASSWORD', 'OTP', 'RECOVERY_CODE', 'PASSKEY', 'PASSKEY_VERIFIED'] as const;

describe('the kinds of factors that were proved', () => {
  const cases: readonly (readonly [AuthenticationTimes, number | undefined, number])[] = [
    [{}, undefined, 0],
    [{ PASSWORD: ago(0) }, undefined, 1],
    [{ OTP: ago(9e9) }, undefined, 1],
    [{ OTP: ago(1), RECOVERY_CODE: ago(1), PASSKEY: ago(1) }, undefined, 1],
    [{ PASSWORD: ago(1), OTP: ago(1) }, undefined, 2],
    [{ PASSWORD: ago(1), RECOVERY_CODE: ago(1) }, undefined, 2],
    [{ PASSWORD: ago(1), PASSKEY: ago(1) }, undefined, 2],
    [{ PASSKEY_VERIFIED: ago(1) }, undefined, 2],
    [{ PASSKEY_VERIFIED: ago(1), PASSWORD: ago(1), OTP: ago(1) }, undefined, 2],
    [{ PASSWORD: ago(-0.001) }, undefined, 0],
    [{ PASSWORD: new Date(Number.NaN) }, undefined, 0],
    [{ PASSWORD: new Date(Number.NaN) }, 60, 0],
    [{ PASSWORD: ago(60) }, 60, 1],
    [{ PASSWORD: ago(60.001) }, 60, 0],
    [{ PASSWORD: ago(61), OTP: ago(1) }, 60, 1],
    [{ PASSWORD: ago(1), PASSKEY_VERIFIED: ago(61) }, 60, 1],
    [{ PASSWORD: ago(61), PASSKEY_VERIFIED: ago(1) }, 60, 2],
  ];

  it.each(cases)('of %j at most %s seconds ago are %s', (times, maxAge, kinds) => {
    expect(kindsOf(times, now, { maxAgeSeconds: maxAge })).toBe(kinds);
  });

  it('are none of what is no factor', () => {
    const times = { ...JSON.parse('{ "__proto__": 0 }'), FACE: ago(1), toString: ago(1) };
    expect(kindsOf(times, now)).toBe(0);
  });

  it('are none where the clock or a time is not valid', () => {
    expect(kindsOf({ PASSWORD: ago(1) }, new Date(Number.NaN))).toBe(0);
    expect(kindsOf(JSON.parse('{ "PASSWORD": "2026-07-01T12:00:00Z" }'), now)).toBe(0);
  });
});

const any: Clause = { requires: [], or: [] };
const admin: Clause = { requires: ['ADMIN'], or: [] };
const self: Clause = { requires: [], or: ['SELF'] };
const mine: Clause = { requires: ['ADMIN'], or: [], rows: ['SELF'] };
const user = { isAuthenticated: true, groups: new Set<string>() } as const;
const ofAdmin = { isAuthenticated: true, groups: new Set(['ADMIN']) } as const;
const withheld = { groups: new Set(['ADMIN']), factors: 2, mustEnrol: false };
const password = { PASSWORD: ago(700) };
const both = { PASSWORD: ago(700), OTP: ago(10) };
const tooOld = { outcome: 'unproven', reason: 'AUTHENTICATION_TOO_OLD', isFinal: false };
const missing = { outcome: 'unproven', reason: 'FACTORS_MISSING', isFinal: false };
const never = { ...missing, isFinal: true };
const allowed = { outcome: 'allowed' };

interface Row {
  readonly title: string;
  readonly of: readonly Clause[];
  readonly viewer: Viewer;
  readonly decision: object;
}

const rows: readonly Row[] = [
  {
    title: 'anonymous at a clause with an age',
    of: [{ ...any, maxAge: 600 }],
    viewer: anonymous,
    decision: { outcome: 'unauthenticated', reason: 'TOKEN_MISSING' },
  },
  {
    title: 'a viewer without facts at an age',
    of: [{ ...any, maxAge: 600 }],
    viewer: user,
    decision: { ...tooOld, maxAge: 600 },
  },
  {
    title: 'a proof in the future at an age',
    of: [{ ...any, maxAge: 600 }],
    viewer: { ...user, authenticatedAt: { PASSWORD: ago(-1) } },
    decision: { ...tooOld, maxAge: 600 },
  },
  {
    title: 'a proof as old as allowed',
    of: [{ ...any, maxAge: 700 }],
    viewer: { ...user, authenticatedAt: password },
    decision: allowed,
  },
  {
    title: 'a proof that is older',
    of: [{ ...any, maxAge: 699 }],
    viewer: { ...user, authenticatedAt: password },
    decision: { ...tooOld, maxAge: 699 },
  },
  {
    title: 'another factor that is young enough',
    of: [{ ...any, maxAge: 60 }],
    viewer: { ...user, authenticatedAt: both },
    decision: allowed,
  },
  {
    title: 'a viewer without facts at one factor',
    of: [{ ...any, factors: 1 }],
    viewer: user,
    decision: { ...missing, factors: 1 },
  },
  {
    title: 'one kind at two factors',
    of: [{ ...any, factors: 2 }],
    viewer: { ...user, authenticatedAt: password },
    decision: { ...missing, factors: 2 },
  },
  {
    title: 'two kinds at two factors',
    of: [{ ...any, factors: 2 }],
    viewer: { ...user, authenticatedAt: both },
    decision: allowed,
  },
  {
    title: 'two kinds, of which one is old',
    of: [{ ...any, maxAge: 600, factors: 2 }],
    viewer: { ...user, authenticatedAt: both },
    decision: { ...tooOld, maxAge: 600, factors: 2 },
  },
  {
    title: 'two kinds, both young enough',
    of: [{ ...any, maxAge: 700, factors: 2 }],
    viewer: { ...user, authenticatedAt: both },
    decision: allowed,
  },
  {
    title: 'one young kind at two',
    of: [{ ...any, maxAge: 700, factors: 2 }],
    viewer: { ...user, authenticatedAt: password },
    decision: { ...missing, maxAge: 700, factors: 2 },
  },
  {
    title: 'several clauses: the least age and the most factors of those that are not met',
    of: [
      { ...any, maxAge: 5 },
      { ...admin, maxAge: 600, factors: 1 },
      { ...any, maxAge: 900 },
      { ...any, factors: 2 },
    ],
    viewer: { ...ofAdmin, authenticatedAt: password },
    decision: { ...missing, maxAge: 5, factors: 2 },
  },
  {
    title: 'the group before the proof',
    of: [{ ...any, maxAge: 5 }, admin],
    viewer: user,
    decision: { outcome: 'forbidden', unmet: [admin] },
  },
  {
    title: 'a viewer with the group and without the proof',
    of: [{ ...admin, maxAge: 600 }],
    viewer: ofAdmin,
    decision: { ...tooOld, maxAge: 600 },
  },
  {
    title: 'a policy, and the proof after it',
    of: [{ ...self, maxAge: 600 }],
    viewer: user,
    decision: {
      outcome: 'depends',
      clauses: [{ ...self, maxAge: 600 }],
      unproven: { ...tooOld, mustEnrol: false, maxAge: 600 },
    },
  },
  {
    title: 'a policy with a proof',
    of: [{ ...self, maxAge: 700 }],
    viewer: { ...user, authenticatedAt: password },
    decision: { outcome: 'depends', clauses: [{ ...self, maxAge: 700 }] },
  },
  {
    title: 'rows without a proof',
    of: [{ ...mine, maxAge: 600 }],
    viewer: user,
    decision: { ...tooOld, maxAge: 600 },
  },
  {
    title: 'rows with a proof',
    of: [{ ...mine, maxAge: 700 }],
    viewer: { ...user, authenticatedAt: password },
    decision: { outcome: 'narrowed', clauses: [{ ...mine, maxAge: 700 }] },
  },
  {
    title: 'a program, at an age and one factor',
    of: [{ ...any, maxAge: 1, factors: 1 }],
    viewer: { ...user, authenticatedAt: 'EACH_REQUEST' },
    decision: allowed,
  },
  {
    title: 'a program, at two factors',
    of: [{ ...any, maxAge: 1, factors: 2 }],
    viewer: { ...user, authenticatedAt: 'EACH_REQUEST' },
    decision: { ...never, maxAge: 1, factors: 2, mustEnrol: false },
  },
  {
    title: 'a withheld group',
    of: [admin],
    viewer: { ...user, withheld },
    decision: { ...missing, factors: 2, mustEnrol: false },
  },
  {
    title: 'a withheld group of an account without a factor',
    of: [{ ...admin, maxAge: 9 }],
    viewer: { ...user, withheld: { ...withheld, mustEnrol: true } },
    decision: { ...never, maxAge: 9, factors: 2, mustEnrol: true },
  },
  {
    title: 'a withheld group of a program',
    of: [admin],
    viewer: { ...user, authenticatedAt: 'EACH_REQUEST', withheld },
    decision: { ...never, factors: 2, mustEnrol: false },
  },
  {
    title: 'a withheld group where any viewer may',
    of: [any],
    viewer: { ...user, withheld },
    decision: allowed,
  },
  {
    title: 'a withheld group where another is held',
    of: [{ requires: ['ADMIN', 'EDITOR'], or: [] }],
    viewer: { ...user, groups: new Set(['EDITOR']), withheld },
    decision: allowed,
  },
  {
    title: 'a withheld group where another is required',
    of: [admin, { requires: ['EDITOR'], or: [] }],
    viewer: { ...user, withheld },
    decision: { outcome: 'forbidden', unmet: [{ requires: ['EDITOR'], or: [] }] },
  },
  {
    title: 'a withheld group whose rows are narrowed',
    of: [mine],
    viewer: { ...user, withheld },
    decision: { outcome: 'narrowed', clauses: [mine] },
  },
  {
    title: 'a withheld group beside a policy',
    of: [{ ...admin, or: ['SELF'] }],
    viewer: { ...user, withheld },
    decision: {
      outcome: 'depends',
      clauses: [{ ...admin, or: ['SELF'] }],
      withheld: {
        clauses: [{ ...admin, or: ['SELF'] }],
        unproven: { ...missing, factors: 2, mustEnrol: false },
      },
    },
  },
];

describe('a decision about proofs', () => {
  it.each(rows)('of $title', ({ of, viewer, decision }) => {
    expect(decide(of, viewer, now)).toMatchObject(decision);
    expect(Object.keys(decide(of, viewer, now))).toEqual(
      expect.arrayContaining(Object.keys(decision)),
    );
    expect(compileAdmission(of)(viewer, now)).toBe(decide(of, viewer, now).outcome === 'allowed');
  });

  it('after the policies: forbidden, unless only a withheld group is left', () => {
    const orSelf = { ...admin, or: ['SELF'] };
    const other = { requires: [], or: ['BOSS'] };
    const decision = requireDepends(decide([orSelf, other], { ...user, withheld }, now));
    expect(refusalAfter(decision, [])).toBeUndefined();
    expect(refusalAfter(decision, [orSelf])).toMatchObject(missing);
    expect(refusalAfter(decision, [orSelf, other])).toEqual({
      outcome: 'forbidden',
      unmet: [other],
    });
    const aged = requireDepends(decide([{ ...self, maxAge: 9 }], user, now));
    expect(refusalAfter(aged, [])).toMatchObject({ ...tooOld, maxAge: 9 });
    expect(refusalAfter(aged, aged.clauses)).toEqual({ outcome: 'forbidden', unmet: aged.clauses });
  });

  it('needs sets of groups', () => {
    expect(() => parseViewer(JSON.parse('{ "isAuthenticated": true, "groups": [] }'))).toThrow(
      'The `groups` of an authenticated viewer must be a Set of group names.',
    );
    const wrong = { ...user, withheld: JSON.parse('{ "groups": ["ADMIN"] }') };
    expect(() => parseViewer(wrong)).toThrow('The `groups` of `withheld` must be a Set');
    expect(() => parseViewer({ ...user, withheld: JSON.parse('null') })).toThrow('`withheld`');
    expect(parseViewer({ ...user, withheld })).toMatchObject({ withheld });
  });
});

function requireDepends(decision: Decision): PolicyDecision {
  if (decision.outcome !== 'depends') throw new Error('It does not depend.');
  return decision;
}

describe('a clause with a proof', () => {
  it.each([
    [{ ...any, maxAge: 60 }, any, true],
    [any, { ...any, maxAge: 60 }, false],
    [{ ...any, maxAge: 60 }, { ...any, maxAge: 61 }, true],
    [{ ...any, maxAge: 61 }, { ...any, maxAge: 60 }, false],
    [{ ...any, factors: 2 }, { ...any, factors: 1 }, true],
    [{ ...any, factors: 1 }, { ...any, factors: 2 }, false],
    [{ ...any, maxAge: 60 }, { ...any, factors: 1 }, true],
    [{ ...any, factors: 1 }, { ...any, maxAge: 60 }, false],
    [{ ...any, maxAge: 60, factors: 2 }, { ...any, maxAge: 60 }, true],
    [{ ...any, maxAge: 60 }, { ...any, maxAge: 60, factors: 2 }, false],
    [{ ...admin, maxAge: 60 }, admin, true],
    [admin, { ...admin, maxAge: 60 }, false],
    [{ ...any, maxAge: 60 }, admin, false],
  ] as const)('%j implies %j: %s', (stronger, weaker, expected) => {
    expect(implies(stronger, weaker)).toBe(expected);
  });

  it('is another one than a clause with another proof, and the same as an equal one', () => {
    const join = createRequirementPool();
    const of = [
      any,
      { ...any, maxAge: 1 },
      { ...any, factors: 1 },
      { ...any, maxAge: 1, factors: 1 },
    ];
    expect(join(of.slice(0, 1), of.slice(1), [{ ...any, maxAge: 1 }])).toHaveLength(4);
    expect(join([{ ...any, maxAge: 1 }])).toBe(join([{ ...any, maxAge: 1 }]));
    expect(join([{ ...any, maxAge: 1 }])).not.toBe(join([{ ...any, factors: 1 }]));
  });
});

describe('the outcome for a front end', () => {
  it.each([
    { of: [{ ...any, maxAge: 600 }], viewer: anonymous, outcome: 'denied' },
    { of: [{ ...any, maxAge: 600 }], viewer: user, outcome: 'reauthenticate' },
    { of: [{ ...admin, maxAge: 600 }], viewer: user, outcome: 'denied' },
    { of: [{ ...self, maxAge: 600 }], viewer: user, outcome: 'reauthenticate' },
    { of: [self], viewer: user, outcome: 'depends' },
    {
      of: [{ ...self, factors: 2 }],
      viewer: { ...user, authenticatedAt: 'EACH_REQUEST' },
      outcome: 'denied',
    },
    {
      of: [{ ...any, factors: 2 }],
      viewer: { ...user, authenticatedAt: 'EACH_REQUEST' },
      outcome: 'denied',
    },
    { of: [admin], viewer: { ...user, withheld }, outcome: 'reauthenticate' },
    { of: [mine], viewer: user, outcome: 'narrowed' },
    {
      of: [{ ...any, maxAge: 700 }],
      viewer: { ...user, authenticatedAt: password },
      outcome: 'allowed',
    },
  ] as const)('of $of is $outcome', ({ of, viewer, outcome }) => {
    expect(decideRequirement(of, viewer, now)).toBe(outcome);
  });

  it('is of the present time by default', () => {
    const viewer = { ...user, authenticatedAt: { PASSWORD: new Date() } };
    expect(decideRequirement([{ ...any, maxAge: 60 }], viewer)).toBe('allowed');
  });
});

/** A second opinion, from the words of the contract: by kinds, one after the other. */
function expectedOf(of: readonly Clause[], viewer: Viewer): 'allowed' | 'refused' {
  if (!viewer.isAuthenticated) return of.length === 0 ? 'allowed' : 'refused';
  const { groups, authenticatedAt = {} } = viewer;
  for (const { requires, maxAge = Number.POSITIVE_INFINITY, factors: count } of of) {
    if (requires.length > 0 && !requires.some((each) => groups.has(each))) return 'refused';
    if (maxAge === Number.POSITIVE_INFINITY && count === undefined) continue;
    if (authenticatedAt === 'EACH_REQUEST') {
      if (count === 2) return 'refused';
      continue;
    }
    const young = factors.filter((factor) => {
      const time = authenticatedAt[factor]?.getTime();
      return time !== undefined && time <= now.getTime() && time + maxAge * 1000 >= now.getTime();
    });
    const kinds = new Set(young.map((factor) => (factor === 'PASSWORD' ? 'known' : 'owned')));
    const enough = young.includes('PASSKEY_VERIFIED') ? 2 : kinds.size;
    if (enough < (count ?? 1)) return 'refused';
  }
  return 'allowed';
}

const clauses: fc.Arbitrary<Clause> = fc.record(
  {
    requires: fc.subarray(['ADMIN', 'EDITOR']),
    or: fc.constant([]),
    maxAge: fc.integer({ min: 1, max: 9 }),
    factors: fc.constantFrom(1, 2),
  },
  { requiredKeys: ['requires', 'or'] },
);

const clausesWithPolicies: fc.Arbitrary<Clause> = fc.oneof(
  clauses.map((clause) => ({ ...clause, or: ['SELF'] })),
  clauses.map((clause) => ({ ...clause, rows: ['SELF'] })),
);

const time = fc.integer({ min: -3000, max: 12_000 }).map((past) => new Date(now.getTime() - past));
const times: fc.Arbitrary<AuthenticationTimes> = fc.record(
  { PASSWORD: time, OTP: time, RECOVERY_CODE: time, PASSKEY: time, PASSKEY_VERIFIED: time },
  { requiredKeys: [] },
);
const groupSets = fc.subarray(['ADMIN', 'EDITOR']).map((names) => new Set(names));
const viewers: fc.Arbitrary<Viewer> = fc.oneof(
  fc.constant(anonymous),
  fc.record(
    {
      isAuthenticated: fc.constant(true as const),
      groups: groupSets,
      authenticatedAt: fc.oneof(times, fc.constant('EACH_REQUEST' as const)),
      withheld: fc.record({
        groups: groupSets,
        factors: fc.constantFrom(1, 2),
        mustEnrol: fc.boolean(),
      }),
    },
    { requiredKeys: ['isAuthenticated', 'groups'] },
  ),
);

describe('every decision about proofs', () => {
  it('allows what the contract allows', () => {
    fc.assert(
      fc.property(fc.array(clauses, { maxLength: 4 }), viewers, (of, viewer) => {
        const { outcome } = decide(of, viewer, now);
        expect(outcome === 'allowed' ? 'allowed' : 'refused').toBe(expectedOf(of, viewer));
        expect(compileAdmission(of)(viewer, now)).toBe(outcome === 'allowed');
      }),
    );
  });

  it('is for the stronger clause at most as good as for the weaker one', () => {
    fc.assert(
      fc.property(clauses, clauses, viewers, (stronger, weaker, viewer) => {
        fc.pre(implies(stronger, weaker));
        if (decide([stronger], viewer, now).outcome !== 'allowed') return;
        expect(decide([weaker], viewer, now).outcome).toBe('allowed');
      }),
    );
  });

  it('is the same for a front end', () => {
    const outcomeOf = (decision: Decision) => {
      if (decision.outcome === 'unauthenticated' || decision.outcome === 'forbidden')
        return 'denied';
      const refusal = decision.outcome === 'depends' ? decision.unproven : decision;
      if (refusal?.outcome !== 'unproven') return decision.outcome;
      return refusal.isFinal ? 'denied' : 'reauthenticate';
    };
    const any = fc.oneof(clauses, clausesWithPolicies);
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), viewers, (of, viewer) => {
        expect(decideRequirement(of, viewer, now)).toBe(outcomeOf(decide(of, viewer, now)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused with what a new proof needs, and is allowed after one', () => {
    fc.assert(
      fc.property(fc.array(clauses, { maxLength: 4 }), viewers, (of, viewer) => {
        const decision = decide(of, viewer, now);
        if (decision.outcome !== 'unproven' || decision.isFinal || !viewer.isAuthenticated) return;
        const groups = new Set([...viewer.groups, ...(viewer.withheld?.groups ?? [])]);
        const proved = decision.factors === 2 ? { PASSWORD: now, OTP: now } : { PASSWORD: now };
        const authenticatedAt = Object.assign({}, viewer.authenticatedAt, proved);
        const after: Viewer = { isAuthenticated: true, groups, authenticatedAt };
        expect(decide(of, after, now).outcome).toBe('allowed');
      }),
    );
  });
});
