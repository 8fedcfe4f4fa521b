import { compileFactorKinds, type FactorKind } from '@graphql-gatehouse/authorization';
import { describe, expect, it } from 'vitest';
import { createCan } from '../../packages/client/src/can.ts';
import { createClock } from '../../packages/client/src/clock.ts';
import { toViewer } from '../../packages/client/src/viewer.ts';

const at = '2026-07-01T12:00:00.000Z';
const rules = {
  requirements: [[{ requires: [], or: [], factors: 2 }]],
  types: { Query: 'vault:0' },
};
const badge = { name: 'BADGE', proves: 'possession' } as const;
const password = { name: 'PASSWORD', proves: 'knowledge' } as const;
const can = (factors: readonly string[], kinds?: readonly FactorKind[]) =>
  createCan(
    { rules, schemaHash: '', ...(kinds && { factorKinds: compileFactorKinds(kinds) }) },
    () =>
      toViewer({
        groups: [],
        principal: null,
        authentications: factors.map((factor) => ({ factor, at })),
      }),
    createClock(() => Date.parse(at)),
  )('Query.vault');

describe('a kind of factor that a package brings', () => {
  it('counts for `can` by its kind', () => {
    expect(can(['PASSWORD', 'BADGE'], [password, badge])).toBe('allowed');
    expect(can(['BADGE'], [password, badge])).toBe('reauthenticate');
  });

  it.each(['BADGE', 'constructor', '__proto__', 'toString'])(
    'proves nothing to `can` without its kind: %s',
    (factor) => {
      expect(can(['PASSWORD', factor])).toBe('reauthenticate');
      expect(can(['PASSWORD', factor], [password])).toBe('reauthenticate');
    },
  );
});
