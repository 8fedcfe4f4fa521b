import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allGrantedUntil, grantsUntil } from '../../../src/identity/places/granting.ts';
import { createGroups } from '../../../src/values/groups.ts';

const names = ['OWNER', 'DEPUTY', 'MEMBER', 'BILLING'] as const;
const groups = createGroups(
  names,
  new Map([['OWNER', ['DEPUTY']]]),
  new Map(names.map((name) => [name, 'Organization'])),
);
const rules = {
  groups,
  grants: new Map([
    ['OWNER', ['OWNER', 'MEMBER']],
    ['DEPUTY', ['MEMBER', 'BILLING']],
  ]),
};
const hour = (n: number) => new Date(n * 60 * 60 * 1000);
const held = (group: string, expiresAt: Date | null, type = 'Organization') => ({
  type,
  placeId: 'a',
  group,
  expiresAt,
});

describe('who may grant a group, and until when', () => {
  it('is who is in a group whose `@grants` names it, or in one that implies such a group', () => {
    expect(grantsUntil('OWNER', [held('OWNER', null)], rules)).toBeNull();
    expect(grantsUntil('BILLING', [held('OWNER', null)], rules)).toBeNull();
    expect(grantsUntil('OWNER', [held('DEPUTY', null)], rules)).toBeUndefined();
    expect(grantsUntil('DEPUTY', [held('OWNER', null)], rules)).toBeUndefined();
    expect(
      grantsUntil('MEMBER', [held('MEMBER', null), held('OWNER', null, 'Project')], rules),
    ).toBeUndefined();
  });

  it('may do so for as long as the longest of these lasts', () => {
    const both = [held('OWNER', hour(1)), held('DEPUTY', hour(2))];
    expect(grantsUntil('MEMBER', both, rules)).toEqual(hour(2));
    expect(grantsUntil('OWNER', both, rules)).toEqual(hour(1));
    expect(grantsUntil('MEMBER', [...both, held('OWNER', null)], rules)).toBeNull();
  });

  it('may give several for as long as each of them, and none of no groups', () => {
    const group = fc.constantFrom(...names);
    const end = fc.option(fc.integer({ min: 1, max: 9 }).map(hour));
    const all = fc.array(fc.tuple(group, end).map(([name, until]) => held(name, until)));
    fc.assert(
      fc.property(fc.array(group), all, (asked, holds) => {
        const each = asked.map((name) => grantsUntil(name, holds, rules));
        const until = allGrantedUntil(asked, holds, rules);
        if (asked.length === 0 || each.includes(undefined)) {
          expect(until).toBeUndefined();
          return;
        }
        const last = (date: Date | null | undefined) => date?.getTime() ?? Number.POSITIVE_INFINITY;
        expect(last(until)).toBe(Math.min(...each.map(last)));
        expect(until).not.toBeUndefined();
      }),
    );
  });
});
