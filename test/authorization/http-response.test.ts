import { describe, expect, it } from 'vitest';
import { maxListedDenials } from '../../packages/authorization/src/enforcement/before/denied-result.ts';
import { toDenialResponse } from '../../packages/authorization/src/enforcement/before/http-response.ts';

const forbidden = { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' } as const;
const missing = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } as const;

describe('toDenialResponse', () => {
  it.each([
    { denials: [missing], status: 401, challenge: 'Bearer realm="api"' },
    {
      denials: [{ code: 'UNAUTHENTICATED', reason: 'BAD_CREDENTIALS' }],
      status: 401,
      challenge: 'Bearer realm="api"',
    },
    {
      denials: [{ code: 'UNAUTHENTICATED', reason: 'TOKEN_MALFORMED' }],
      status: 401,
      challenge:
        'Bearer realm="api", error="invalid_token", error_description="The Authorization header contains no bearer token"',
    },
    {
      denials: [{ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }],
      status: 401,
      challenge:
        'Bearer realm="api", error="invalid_token", error_description="The token has expired"',
    },
    {
      denials: [{ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' }],
      status: 401,
      challenge:
        'Bearer realm="api", error="invalid_token", error_description="The token is not valid"',
    },
    {
      denials: [{ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' }],
      status: 401,
      challenge:
        'Bearer realm="api", error="invalid_token", error_description="The token has been revoked"',
    },
    {
      denials: [forbidden],
      status: 403,
      challenge: 'Bearer realm="api", error="insufficient_scope"',
    },
    { denials: [forbidden, missing], status: 401, challenge: 'Bearer realm="api"' },
    { denials: [missing, forbidden], status: 401, challenge: 'Bearer realm="api"' },
  ] as const)('answers $denials with $status and $challenge', ({ denials, status, challenge }) => {
    const errors = denials.map((extensions) => ({ extensions }));
    expect(toDenialResponse(errors, 'api')).toEqual({ status, challenge });
  });

  it('lists at most twenty refusals', () => {
    expect(maxListedDenials).toBe(20);
  });
});
