import { expect, it } from 'vitest';
import type { UserViewer } from '../../../src/authentication/viewer.ts';
import { createHeldGroups } from '../../../src/identity/groups/held-groups.ts';
import { createFindWithheld } from '../../../src/identity/groups/withheld-groups.ts';
import type { AuthenticationTimes } from '../../../src/values/factor.ts';
import { createGroups } from '../../../src/values/groups.ts';
import { factorTable } from '../../support/factor-table.ts';

const at = new Date('2026-05-10T12:00:00Z');
const dayMs = 86_400_000;
const days = (count: number) => new Date(at.getTime() + count * dayMs);

interface Case {
  /** By group: how many factors it asks for, and the days until that counts. */
  readonly demands: Readonly<Record<string, readonly [1 | 2, number]>>;
  readonly times?: AuthenticationTimes;
  readonly hasFactor?: boolean;
  readonly openDays?: number;
}

/** What a user in ADMIN and AUDITOR reads. */
function find({ demands, times = { PASSWORD: at }, hasFactor = false, openDays }: Case) {
  const demanded = Object.entries(demands).map(
    ([group, [factors, until]]) => [group, { factors, countsFrom: () => days(until) }] as const,
  );
  const rules = [
    {
      demands: () => new Map(demanded),
      withoutFactor: async (ids: readonly string[]) => new Set(hasFactor ? [] : ids),
      enrolmentOpenUntil: async () => (openDays === undefined ? null : days(openDays)),
    },
  ];
  const groups = createGroups(['ADMIN', 'AUDITOR']);
  const viewer: UserViewer = {
    kind: 'user',
    isAuthenticated: true,
    userId: 'ada',
    sessionId: 's',
    sessionKind: 'cookie',
    factorKinds: factorTable.kinds,
    groups: new Set(),
    authenticatedAt: times,
  };
  return createFindWithheld({
    heldGroups: createHeldGroups({ factors: factorTable, groups, rules }),
    rules,
    grantsOf: async () => ['AUDITOR', 'ADMIN'].map((group) => ({ group, grantedAt: at })),
    now: () => at,
  })(viewer);
}

const group = (name: string, factors: number, enrolUntil: Date | null, mayEnrol: boolean) => ({
  group: name,
  factors,
  enrolUntil,
  mayEnrol,
});

it.each<{ readonly what: string; readonly of: Case; readonly found: readonly object[] }>([
  { what: 'no demand', of: { demands: {} }, found: [] },
  { what: 'a demand for the password', of: { demands: { ADMIN: [1, -1] } }, found: [] },
  {
    what: 'a demand in its grace',
    of: { demands: { ADMIN: [2, 3] } },
    found: [group('ADMIN', 2, days(3), true)],
  },
  {
    what: 'a demand after its grace, beside one in its grace',
    of: { demands: { ADMIN: [2, 3], AUDITOR: [2, -1] } },
    found: [group('ADMIN', 2, days(3), false), group('AUDITOR', 2, days(-1), false)],
  },
  {
    what: 'both while enrolment is open',
    of: { demands: { ADMIN: [2, 3], AUDITOR: [2, -1] }, openDays: 1 },
    found: [group('ADMIN', 2, days(3), true), group('AUDITOR', 2, days(1), true)],
  },
  {
    what: 'a demand of an account with a factor',
    of: { demands: { ADMIN: [2, -1] }, hasFactor: true },
    found: [group('ADMIN', 2, null, false)],
  },
  {
    what: 'a token that is older than the last proof, of a group that asks for the password',
    of: { demands: { ADMIN: [1, -1] }, times: {} },
    found: [group('ADMIN', 1, null, false)],
  },
])('a viewer reads what is withheld for $what', async ({ of, found }) => {
  expect(await find(of)).toEqual(found);
});
