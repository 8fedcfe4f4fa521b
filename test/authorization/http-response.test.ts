import { describe, expect, it } from 'vitest';
import { maxListedDenials } from '../../packages/authorization/src/enforcement/calls/max-listed-denials.ts';
import { toDenialResponse } from '../../packages/authorization/src/enforcement/operation/http-response.ts';

const forbidden = { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' } as const;
const missing = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } as const;

const insufficientScope = 'Bearer realm="api", error="insufficient_scope"';

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

  const old = { code: 'UNAUTHENTICATED', reason: 'AUTHENTICATION_TOO_OLD', maxAge: 600 } as const;
  const few = { code: 'UNAUTHENTICATED', reason: 'FACTORS_MISSING', factors: 2 } as const;
  const insufficient = 'Bearer realm="api", error="insufficient_user_authentication"';
  const tooOld = `${insufficient}, error_description="A more recent authentication is required"`;
  const missingFactors = `${insufficient}, error_description="More authentication factors are required"`;

  it.each([
    { denials: [old], challenge: `${tooOld}, max_age="600"` },
    { denials: [{ ...old, maxAge: 900 }, old], challenge: `${tooOld}, max_age="600"` },
    { denials: [{ ...old, maxAge: undefined }], challenge: tooOld },
    { denials: [few], challenge: `${missingFactors}, acr_values="mfa"` },
    { denials: [{ ...few, maxAge: 60 }], challenge: `${missingFactors}, acr_values="mfa"` },
    { denials: [few], acrValues: undefined, challenge: missingFactors },
    { denials: [old, few], challenge: `${missingFactors}, max_age="600", acr_values="mfa"` },
    { denials: [few, missing], challenge: 'Bearer realm="api"' },
    {
      denials: [old, { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }],
      challenge:
        'Bearer realm="api", error="invalid_token", error_description="The token has expired"',
    },
    { denials: [{ ...few, code: 'FORBIDDEN' }], status: 403, challenge: insufficientScope },
  ])('asks with $challenge for another proof', ({ denials, challenge, status = 401, ...given }) => {
    const errors = denials.map((extensions) => ({ extensions }));
    const acrValues = 'acrValues' in given ? given.acrValues : 'mfa';
    expect(toDenialResponse(errors, 'api', acrValues)).toEqual({ status, challenge });
  });

  it('lists at most twenty refusals', () => {
    expect(maxListedDenials).toBe(20);
  });
});
