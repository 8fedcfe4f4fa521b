import { expect, it } from 'vitest';
import {
  type ApiClientViewer,
  anonymous,
  authenticatedOf,
  type UserViewer,
  userOf,
} from '../../src/authentication/viewer.ts';
import { ClientError, ForbiddenError } from '../../src/errors.ts';

const user: UserViewer = {
  kind: 'user',
  isAuthenticated: true,
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

it('gives the user where users alone can act, and refuses a program whatever it holds', () => {
  expect(userOf(user)).toBe(user);
  const asClient = () => userOf(client);
  expect(asClient).toThrow(ForbiddenError);
  expect(asClient).toThrow(
    expect.objectContaining({ code: 'FORBIDDEN', facts: { reason: 'POLICY_DENIED' } }),
  );
});

it.each([authenticatedOf, userOf])(
  'takes an anonymous viewer in %o for a missing guard, which is no matter for clients',
  (viewerOf) => {
    const asAnonymous = () => viewerOf(anonymous('TOKEN_MISSING'));
    expect(asAnonymous).toThrow('no guard');
    expect(asAnonymous).not.toThrow(ClientError);
  },
);
