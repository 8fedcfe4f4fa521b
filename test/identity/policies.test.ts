import { describe, expect, it } from 'vitest';
import type { ApiClientViewer, UserViewer } from '../../src/authentication/viewer.ts';
import { isSelf } from '../../src/identity/policies.ts';
import { factorTable } from '../support/factor-table.ts';

const userId = '01935b5e-8a00-7123-8456-789abcdef012';
const sessionId = '01935b5e-8a00-7123-8456-789abcdef013';
const clientId = '01935b5e-8a00-7123-8456-789abcdef014';
const groups = new Set(['ADMIN']);
const user: UserViewer = {
  kind: 'user',
  isAuthenticated: true,
  sessionKind: 'token',
  factorKinds: factorTable.kinds,
  userId,
  sessionId,
  groups,
};
const client: ApiClientViewer = {
  kind: 'apiClient',
  isAuthenticated: true,
  clientId,
  groups,
  secretHash: new Uint8Array(32),
};

describe('SELF', () => {
  it.each([
    { id: userId, ofUser: true, ofClient: false },
    { id: clientId, ofUser: false, ofClient: true },
    { id: sessionId, ofUser: false, ofClient: false },
  ])('is, of the record $id, its user or its client', ({ id, ofUser, ofClient }) => {
    expect(isSelf(user, { id }, {})).toBe(ofUser);
    expect(isSelf(client, { id }, {})).toBe(ofClient);
    // The record decides, whatever the field's own argument is called.
    expect(isSelf(user, { id }, { id: userId })).toBe(ofUser);
    expect(isSelf(client, { id }, { id: clientId })).toBe(ofClient);
  });

  it.each([
    { args: { id: userId }, ofUser: true },
    { args: { id: userId.toUpperCase() }, ofUser: true },
    { args: { id: clientId }, ofUser: false },
    { args: { id: sessionId }, ofUser: false },
    { args: {}, ofUser: false },
  ])('is, at a root field with $args, the user and never a client', ({ args, ofUser }) => {
    expect(isSelf(user, undefined, args)).toBe(ofUser);
    expect(isSelf(client, undefined, args)).toBe(false);
  });
});
