import { describe, expect, it } from 'vitest';
import { createHeldGroups } from '../../src/identity/groups/held-groups.ts';
import { grantsUntil } from '../../src/identity/places/granting.ts';
import { createGroups } from '../../src/values/groups.ts';
import { holdPlaces } from '../../src/values/held-places.ts';
import { factorTable } from '../support/factor-table.ts';

const at = new Date('2026-12-03T12:00:00Z');
const before = new Date('2026-12-01T12:00:00Z');
const groups = createGroups(
  ['ADMIN', 'OWNER', 'BILLING', 'MEMBER', 'EDITOR'],
  new Map([
    ['OWNER', ['BILLING']],
    ['BILLING', ['MEMBER']],
  ]),
  new Map([
    ['OWNER', 'Organization'],
    ['BILLING', 'Organization'],
    ['MEMBER', 'Organization'],
    ['EDITOR', 'Project'],
  ]),
);

/** What is held where some groups ask for two kinds of factors. */
function hold(
  held: readonly (readonly [group: string, type: string, placeId: string])[],
  { asking = [] as readonly string[], times = {} } = {},
) {
  const demands = new Map(
    asking.map((group) => [group, { factors: 2 as const, countsFrom: (granted: Date) => granted }]),
  );
  const rules = createHeldGroups({
    groups: { inEffect: groups.inPlace, inSchemaOrder: groups.inSchemaOrder },
    factors: factorTable,
    rules: [{ demands: () => demands }],
  });
  const grants = held.map(([group, type, placeId]) => ({
    group,
    type,
    placeId,
    grantedAt: before,
  }));
  return holdPlaces(
    grants,
    { groups, heldOf: rules.of, mayWithhold: rules.mayWithhold },
    { times, at },
  );
}

const places = (of: ((group: string) => ReadonlySet<string>) | undefined) =>
  Object.fromEntries(groups.names.map((name) => [name, [...(of?.(name) ?? [])]]));

describe('what is held in places', () => {
  it('has in each place what its groups imply, and nothing elsewhere', () => {
    const { placesOf, withheld } = hold([
      ['OWNER', 'Organization', 'a'],
      ['MEMBER', 'Organization', 'b'],
      ['EDITOR', 'Project', 'a'],
    ]);
    expect(places(placesOf)).toEqual({
      ADMIN: [],
      OWNER: ['a'],
      BILLING: ['a'],
      MEMBER: ['a', 'b'],
      EDITOR: ['a'],
    });
    expect(withheld).toBeUndefined();
  });

  it('is nothing where a group is stored with the place of another type, or is held everywhere', () => {
    const { placesOf } = hold([
      ['OWNER', 'Project', 'a'],
      ['EDITOR', 'Organization', 'a'],
      ['ADMIN', 'Organization', 'a'],
      ['GONE', 'Organization', 'a'],
    ]);
    expect(Object.values(places(placesOf)).flat()).toEqual([]);
  });

  it('withholds a group with all that imply it, in each place', () => {
    const held = [
      ['OWNER', 'Organization', 'a'],
      ['MEMBER', 'Organization', 'a'],
      ['BILLING', 'Organization', 'b'],
      ['MEMBER', 'Organization', 'c'],
    ] as const;
    const { placesOf, withheld } = hold(held, { asking: ['BILLING'] });
    expect(places(placesOf)).toMatchObject({ OWNER: [], BILLING: [], MEMBER: ['a', 'c'] });
    expect(places(withheld?.placesOf)).toMatchObject({
      OWNER: ['a'],
      BILLING: ['a', 'b'],
      MEMBER: ['b'],
    });
    expect(withheld?.factors).toBe(2);
    const proved = { PASSWORD: at, OTP: at };
    expect(hold(held, { asking: ['BILLING'], times: proved }).withheld).toBeUndefined();
  });
});

describe('what may be granted in a place', () => {
  const rules = { groups, grants: new Map([['BILLING', ['MEMBER', 'EDITOR']]]) };
  const of = (group: string, expiresAt: Date | null = null, type = 'Organization') => ({
    type,
    placeId: 'a',
    group,
    expiresAt,
  });

  it('is exactly what @grants names, of a group or of one that it implies', () => {
    expect(grantsUntil('MEMBER', [of('BILLING')], rules)).toBeNull();
    expect(grantsUntil('EDITOR', [of('OWNER')], rules)).toBeNull();
    expect(grantsUntil('BILLING', [of('OWNER')], rules)).toBeUndefined();
    expect(grantsUntil('MEMBER', [of('MEMBER')], rules)).toBeUndefined();
    expect(grantsUntil('MEMBER', [], rules)).toBeUndefined();
  });

  it('is granted at most until the latest end of what grants it', () => {
    const [soon, later] = [new Date(at.getTime() + 1), new Date(at.getTime() + 2)];
    expect(grantsUntil('MEMBER', [of('OWNER', soon), of('BILLING', later)], rules)).toEqual(later);
    expect(grantsUntil('MEMBER', [of('OWNER', soon), of('BILLING')], rules)).toBeNull();
  });

  it('is nothing by a group that is stored with the place of another type', () => {
    expect(grantsUntil('MEMBER', [of('BILLING', null, 'Project')], rules)).toBeUndefined();
  });
});
