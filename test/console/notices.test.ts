import { describe, expect, it } from 'vitest';
import {
  mayAddFactor,
  pausedOf,
  toNotices,
} from '../../packages/console/pages/src/account/notices.ts';

const early = '2026-05-01T12:00:00.000Z';
const late = '2026-05-09T12:00:00.000Z';
const withheld = (group: string, enrolUntil: string | null, mayEnrol: boolean) => ({
  group,
  enrolUntil,
  mayEnrol,
});

describe('the notices about withheld groups', () => {
  it.each([
    { what: 'may be used until its end', held: ['ADMIN'], until: late, may: true, kind: 'grace' },
    { what: 'can be enrolled for', held: [], until: late, may: true, kind: 'open' },
    { what: 'can no longer be enrolled for', held: [], until: early, may: false, kind: 'closed' },
    { what: 'lacks a proof in this session', held: [], until: null, may: false, kind: 'prove' },
  ])('say of a group that $what: $kind', ({ held, until, may, kind }) => {
    const notices = toNotices([withheld('ADMIN', until, may)], held);
    expect(notices).toEqual([{ kind, groups: ['ADMIN'], until, mayEnrol: may }]);
    expect(pausedOf(notices)).toEqual(kind === 'grace' ? [] : ['ADMIN']);
    expect(mayAddFactor(notices)).toBe(kind !== 'closed');
  });

  it('name groups together that the same thing keeps, with the first end', () => {
    const notices = toNotices(
      [withheld('ADMIN', late, true), withheld('AUDITOR', early, true), withheld('X', null, false)],
      [],
    );
    expect(notices).toEqual([
      { kind: 'open', groups: ['ADMIN', 'AUDITOR'], until: early, mayEnrol: true },
      { kind: 'prove', groups: ['X'], until: null, mayEnrol: false },
    ]);
  });

  it('offer no factor to an account in the days of grace whose time for another group is over', () => {
    const notices = toNotices(
      [withheld('ADMIN', late, false), withheld('AUDITOR', early, false)],
      ['ADMIN'],
    );
    expect(notices.map(({ kind }) => kind)).toEqual(['closed', 'grace']);
    expect(mayAddFactor(notices)).toBe(false);
  });

  it('say nothing of a group that may be used and whose factor was added in time', () => {
    expect(toNotices([withheld('ADMIN', null, false)], ['ADMIN'])).toEqual([]);
  });
});
