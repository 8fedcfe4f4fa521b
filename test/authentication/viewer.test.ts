import { expect, it } from 'vitest';
import { anonymous } from '../../src/authentication/viewer.ts';

it('makes an anonymous viewer who is not authenticated and knows why', () => {
  expect(anonymous('TOKEN_EXPIRED')).toEqual({
    kind: 'anonymous',
    isAuthenticated: false,
    reason: 'TOKEN_EXPIRED',
  });
});
