import {
  compileFactorKinds,
  type FactorKind,
  kindsOf,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { decideRequirement } from '@graphql-gatehouse/authorization/decision';
import { describe, expect, it } from 'vitest';
import { compileAdmission, decide } from '../../packages/authorization/src/decision/decision.ts';
import { authenticationTimes } from '../../packages/authorization/src/tokens/authentication-times.ts';

const now = new Date('2026-07-01T12:00:00Z');
const rows: readonly FactorKind[] = [
  { name: 'PASSWORD', proves: 'knowledge' },
  { name: 'BADGE', proves: 'possession' },
  { name: 'GLOVE', proves: 'possession', verifiesUser: true },
];
const factorKinds = compileFactorKinds(rows);
const twice = [{ requires: [], or: ['SELF'], factors: 2, maxAge: 60 }];
const user = { isAuthenticated: true, groups: new Set<string>() } as const;
const outcomesOf = (viewer: Viewer) => [
  decide([{ requires: [], or: [], factors: 2, maxAge: 60 }], viewer, now).outcome,
  compileAdmission([{ requires: [], or: [], factors: 2 }])(viewer, now),
  decideRequirement(twice, viewer, now),
];
const refused = ['unproven', false, 'reauthenticate'];

describe('kinds of factors', () => {
  it.each([
    [['PASSWORD'], 1],
    [['BADGE'], 1],
    [['PASSWORD', 'BADGE'], 2],
    [['GLOVE'], 2],
    [['OTP'], 0],
    [['PASSWORD', 'OTP'], 1],
    [['PASSKEY_VERIFIED'], 0],
    [['constructor', 'toString', '__proto__', 'get', 'has', 'size'], 0],
    [['badge', 'BADGE ', ' BADGE', ''], 0],
  ])('are those of the rows alone: %j are %d', (names, kinds) => {
    const times = Object.fromEntries(names.map((name) => [name, now]));
    expect(kindsOf(times, now, { kinds: factorKinds })).toBe(kinds);
    expect(kindsOf(times, now, { kinds: compileFactorKinds([]) })).toBe(0);
  });

  it('admit a viewer by the rows that it has', () => {
    const authenticatedAt = { PASSWORD: now, BADGE: now };
    expect(outcomesOf({ ...user, authenticatedAt, factorKinds })).toEqual([
      'allowed',
      true,
      'depends',
    ]);
  });

  it.each([
    ['has none', {}],
    ['has others', { factorKinds: compileFactorKinds([{ name: 'RING', proves: 'possession' }]) }],
    ['has no kind at all', { factorKinds: new Map() }],
  ])('admit no viewer that %s', (_what, kinds) => {
    const authenticatedAt = { PASSWORD: now, BADGE: now, GLOVE: now };
    expect(outcomesOf({ ...user, authenticatedAt, ...kinds })).toEqual(refused);
  });

  it('replace the standard ones', () => {
    const authenticatedAt = { PASSWORD: now, OTP: now, PASSKEY_VERIFIED: now };
    expect(outcomesOf({ ...user, authenticatedAt, factorKinds })).toEqual(refused);
  });

  it.each([
    [{ name: 'constructor', proves: 'possession' }],
    [{ name: '__proto__', proves: 'possession' }],
    [{ name: '', proves: 'possession' }],
    [{ name: 'A'.repeat(65), proves: 'possession' }],
    [{ name: 'BADGE\n', proves: 'possession' }],
    [{ name: 'BADGE } type Query', proves: 'possession' }],
    [{ name: 'BADGE', proves: 'inherence' }],
    [{ name: 'BADGE', proves: 'constructor' }],
    [{ name: 'BADGE' }],
    [{ name: 'BADGE', proves: 3 }],
    [{ name: 'BADGE', proves: 'possession', verifiesUser: 'yes' }],
    [{ name: 'BADGE', proves: 'possession', verifiesUser: 1 }],
    [{ name: 'BADGE', proves: 'knowledge', verifiesUser: true }],
    [{ proves: 'possession' }],
  ])('are refused when they are not valid: %j', (row) => {
    // As JavaScript would pass it.
    const given = JSON.parse(JSON.stringify([row]));
    expect(() => compileFactorKinds(given)).toThrow('is not valid');
  });

  it('are refused when two have one name', () => {
    const again = { name: 'BADGE', proves: 'possession', verifiesUser: true } as const;
    expect(() => compileFactorKinds([...rows, again])).toThrow('two kinds of factors BADGE');
  });

  it('are not what a foreign token names', () => {
    const auth_time = now.getTime() / 1000;
    const read = (amr: readonly string[]) => authenticationTimes({ auth_time, amr }, new Set());
    expect(read(['BADGE', 'GLOVE', 'PASSWORD'])).toBeUndefined();
    const authenticatedAt = read(['pwd', 'GLOVE', 'badge']);
    expect(authenticatedAt).toEqual({ PASSWORD: now });
    expect(outcomesOf({ ...user, ...(authenticatedAt && { authenticatedAt }) })).toEqual(refused);
  });
});
