import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHeldGroups } from '../../../src/identity/groups/held-groups.ts';
import { createGroups } from '../../../src/values/groups.ts';
import type { GroupDemand } from '../../../src/values/proof.ts';
import { factorTable } from '../../support/factor-table.ts';

const names = ['ADMIN', 'MANAGER', 'AUDITOR', 'STAFF'];
const groups = createGroups(
  names,
  new Map([
    ['ADMIN', ['MANAGER', 'AUDITOR']],
    ['MANAGER', ['STAFF']],
  ]),
);
const at = new Date('2026-05-01T12:00:00Z');
const day = 86_400_000;
const heldBy = (demanded: Readonly<Record<string, GroupDemand>>) =>
  createHeldGroups({
    factors: factorTable,
    groups,
    rules: [{ demands: () => new Map(Object.entries(demanded)) }],
  });
const twoAfter = (days: number): GroupDemand => ({
  factors: 2,
  countsFrom: (grantedAt) => new Date(grantedAt.getTime() + days * day),
});
const grant = (group: string, daysAgo = 1) => ({
  group,
  grantedAt: new Date(at.getTime() - daysAgo * day),
});

describe('the groups of a session', () => {
  it.each([
    { demands: 'MANAGER', grants: ['MANAGER'], held: [] },
    { demands: 'MANAGER', grants: ['MANAGER', 'STAFF'], held: ['STAFF'] },
    { demands: 'MANAGER', grants: ['ADMIN'], held: [] },
    { demands: 'MANAGER', grants: ['ADMIN', 'STAFF'], held: ['STAFF'] },
    { demands: 'ADMIN', grants: ['ADMIN'], held: [] },
    { demands: 'ADMIN', grants: ['ADMIN', 'AUDITOR'], held: ['AUDITOR'] },
    { demands: 'STAFF', grants: ['ADMIN', 'AUDITOR'], held: ['AUDITOR'] },
    { demands: 'AUDITOR', grants: ['MANAGER'], held: ['MANAGER', 'STAFF'] },
  ])('of $grants are $held where $demands asks for two factors', ({ demands, grants, held }) => {
    const { of } = heldBy({ [demands]: twoAfter(0) });
    const found = of(
      grants.map((group) => grant(group)),
      { PASSWORD: at },
      at,
    );
    expect(found.groups).toEqual(held);
    expect([...found.withheld].sort()).toEqual(
      groups
        .inEffect(grants)
        .filter((name) => !held.includes(name))
        .sort(),
    );
  });

  it.each([
    { what: 'two kinds', times: { PASSWORD: at, OTP: at }, isHeld: true },
    { what: 'a passkey that verified its user', times: { PASSKEY_VERIFIED: at }, isHeld: true },
    { what: 'two of one kind', times: { OTP: at, RECOVERY_CODE: at }, isHeld: false },
    { what: 'nothing', times: {}, isHeld: false },
  ])('have one that asks for two factors after $what: $isHeld', ({ times, isHeld }) => {
    const { of } = heldBy({ ADMIN: twoAfter(0) });
    expect(of([grant('ADMIN')], times, at).groups.includes('ADMIN')).toBe(isHeld);
  });

  it('count from the first grant that gives a group', () => {
    const { of } = heldBy({ MANAGER: twoAfter(14) });
    const grants = [grant('MANAGER', 1), grant('ADMIN', 14)];
    expect(of(grants, {}, at).groups).toEqual([]);
    expect(of([grant('MANAGER', 13)], {}, at).groups).toEqual(['MANAGER', 'STAFF']);
  });

  it('are withheld for the granted groups that ask for more, from the first time on that one of theirs asks', () => {
    const { of, asking } = heldBy({ MANAGER: twoAfter(14), STAFF: twoAfter(3) });
    const grants = [grant('STAFF', 1), grant('ADMIN', 14), grant('AUDITOR', 20)];
    const found = asking(grants, { PASSWORD: at }, at);
    const from = new Date(at.getTime() - 11 * day);
    expect(found).toEqual([
      { group: 'ADMIN', factors: 2, from },
      { group: 'STAFF', factors: 2, from },
    ]);
    expect(of(grants, { PASSWORD: at }, at).groups).toEqual(['AUDITOR']);
    expect(asking(grants, { PASSWORD: at, OTP: at }, at)).toEqual([]);
  });

  it('are the same as in effect without a demand, and never more with one', () => {
    const some = fc.subarray(names);
    fc.assert(
      fc.property(some, some, (granted, demanded) => {
        const { of, asking, mayWithhold } = heldBy(
          Object.fromEntries(demanded.map((name) => [name, twoAfter(0)])),
        );
        const all = groups.inEffect(granted);
        const { groups: held, withheld } = of(
          granted.map((group) => grant(group)),
          {},
          at,
        );
        expect(all).toEqual(expect.arrayContaining([...held]));
        expect(held.filter((name) => demanded.includes(name))).toEqual([]);
        expect(withheld.size).toBe(all.length - held.length);
        expect(mayWithhold(new Set(all), {}, at)).toBe(withheld.size > 0);
        const said = asking(
          granted.map((group) => grant(group)),
          {},
          at,
        );
        expect(said.map(({ group }) => group).sort()).toEqual(
          granted.filter((group) => !held.includes(group)).sort(),
        );
      }),
    );
  });
});
