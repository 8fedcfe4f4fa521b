import { describe, expect, it } from 'vitest';
import { createIsFree } from '../../packages/operations/src/known/gate.ts';
import { KnownOperationsError } from '../../packages/operations/src/known/known-operations.ts';
import { anonymous, type Viewer } from '../../src/authentication/viewer.ts';
import { createGroups } from '../../src/values/groups.ts';

const clientId = '0190a9f4-0000-7000-8000-00000000000a';
const groups = createGroups(['STAFF', 'AUDITOR']);
const authenticated = { isAuthenticated: true, userId: undefined } as const;
const clientOf = (id: string, ...held: readonly string[]): Viewer => ({
  ...authenticated,
  kind: 'apiClient',
  clientId: id,
  secretHash: new Uint8Array(),
  groups: new Set(held),
});

describe('OPERATIONS_FREE', () => {
  const isFree = createIsFree(['AUDITOR', clientId.toUpperCase()], groups);

  it.each([
    ['a viewer in one of its groups', clientOf('x', 'STAFF', 'AUDITOR'), true],
    ['a viewer in other groups', clientOf('x', 'STAFF'), false],
    ['one of its API clients', clientOf(clientId), true],
    ['another API client', clientOf('x'), false],
    ['an anonymous viewer', anonymous('TOKEN_MISSING'), false],
  ])('decides about %s', (_who, viewer, expected) => {
    expect(isFree(viewer)).toBe(expected);
  });

  it('stops the start for a name that is neither a group nor an id', () => {
    expect(() => createIsFree(['AUDITORS'], groups)).toThrow(KnownOperationsError);
  });
});
