import { expect, it } from 'vitest';
import {
  type ApiClientViewer,
  anonymous,
  authenticatedOf,
  type UserViewer,
  userOf,
} from '../../src/authentication/viewer.ts';
import { ClientError } from '../../src/errors.ts';
import { factorTable } from '../support/factor-table.ts';

const user: UserViewer = {
  kind: 'user',
  isAuthenticated: true,
  sessionKind: 'token',
  factorKinds: factorTable.kinds,
  userId: 'user-1',
  sessionId: 'session-1',
  groups: new Set(),
};
const client: ApiClientViewer = {
  kind: 'apiClient',
  isAuthenticated: true,
  clientId: 'client-1',
  secretHash: new Uint8Array(32),
  groups: new Set(['ADMIN']),
};

it('makes an anonymous viewer who is not authenticated and knows why', () => {
  expect(anonymous('TOKEN_EXPIRED')).toEqual({
    kind: 'anonymous',
    isAuthenticated: false,
    reason: 'TOKEN_EXPIRED',
  });
});

it('gives the authenticated viewer behind a guard, of either kind', () => {
  expect(authenticatedOf(user)).toBe(user);
  expect(authenticatedOf(client)).toBe(client);
});

it('gives the user behind a guard that admits users alone', () => {
  expect(userOf(user)).toBe(user);
});

it.each([
  ['authenticatedOf', () => authenticatedOf(anonymous('TOKEN_MISSING'))],
  ['userOf', () => userOf(anonymous('TOKEN_MISSING'))],
  ['userOf', () => userOf(client)],
])(
  'takes any other viewer in %s for a missing guard, which is no matter for clients',
  (_of, get) => {
    expect(get).toThrow('no guard');
    expect(get).not.toThrow(ClientError);
  },
);
