import { describe, expect, it } from 'vitest';
import {
  AuthorizationError,
  toDenialExtensions,
} from '../../packages/authorization/src/enforcement/calls/authorization-error.ts';

const admin = { requires: ['ADMIN'], or: [] };
const editorOrSelf = { requires: ['EDITOR', 'USER'], or: ['SELF'] };
const self = { requires: [], or: ['SELF'] };

describe('a denial', () => {
  it.each([
    { unmet: [admin], reason: 'GROUP_REQUIRED', requires: [['ADMIN']], policies: [[]] },
    {
      unmet: [editorOrSelf],
      reason: 'POLICY_DENIED',
      requires: [['EDITOR', 'USER']],
      policies: [['SELF']],
    },
    { unmet: [self], reason: 'POLICY_DENIED', requires: [[]], policies: [['SELF']] },
    {
      unmet: [admin, self],
      reason: 'GROUP_REQUIRED',
      requires: [['ADMIN'], []],
      policies: [[], ['SELF']],
    },
  ])('of $unmet is forbidden, for $reason', ({ unmet, reason, requires, policies }) => {
    expect(toDenialExtensions('User.email', { outcome: 'forbidden', unmet })).toEqual({
      code: 'FORBIDDEN',
      reason,
      coordinate: 'User.email',
      requires,
      policies,
    });
  });

  it('of an unauthenticated viewer names no group and no policy', () => {
    const refusal = { outcome: 'unauthenticated', reason: 'TOKEN_EXPIRED' } as const;
    expect(toDenialExtensions('User.email', refusal)).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_EXPIRED',
      coordinate: 'User.email',
      requires: [],
      policies: [],
    });
  });
});

describe('an authorization error', () => {
  it('of an application may name groups alone', () => {
    const { message } = new AuthorizationError({
      code: 'FORBIDDEN',
      reason: 'GROUP_REQUIRED',
      coordinate: 'User.email',
      requires: [['ADMIN']],
      policies: [],
    });
    expect(message).toBe('You do not have access to User.email: it requires the group ADMIN.');
  });

  it.each([
    {
      refusal: { outcome: 'unauthenticated', reason: 'TOKEN_MISSING' },
      message: 'Log in to access User.email.',
    },
    {
      refusal: { outcome: 'unauthenticated', reason: 'TOKEN_EXPIRED' },
      message: 'The token does not give access to User.email: log in again.',
    },
    {
      refusal: { outcome: 'forbidden', unmet: [self] },
      message: 'You do not have access to User.email: it requires admission by SELF.',
    },
    {
      refusal: { outcome: 'forbidden', unmet: [editorOrSelf] },
      message:
        'You do not have access to User.email: it requires the group EDITOR or USER, or admission by SELF.',
    },
    {
      refusal: { outcome: 'forbidden', unmet: [admin, editorOrSelf, self] },
      message:
        'You do not have access to User.email: it requires the group ADMIN; and the group EDITOR or USER, or admission by SELF; and admission by SELF.',
    },
  ] as const)('says "$message"', ({ refusal, message }) => {
    expect(new AuthorizationError(toDenialExtensions('User.email', refusal)).message).toBe(message);
  });

  it('of a result says that the mutation has taken effect', () => {
    const denial = toDenialExtensions('User.email', { outcome: 'forbidden', unmet: [admin] });
    expect(new AuthorizationError(denial, { effect: 'done' }).message).toBe(
      'The mutation has taken effect, but this part of its result is hidden from you. ' +
        'You do not have access to User.email: it requires the group ADMIN.',
    );
  });

  it('that names neither groups nor policies ends with the coordinate', () => {
    const denial = toDenialExtensions('User', { outcome: 'forbidden', unmet: [] });
    expect(new AuthorizationError(denial).message).toBe('You do not have access to User.');
  });

  it('carries its extensions and no place of its own, so that the executor adds one', () => {
    const denial = toDenialExtensions('User.email', { outcome: 'forbidden', unmet: [admin] });
    const error = new AuthorizationError(denial);
    expect(error.toJSON()).toEqual({ message: error.message, extensions: denial });
  });
});
