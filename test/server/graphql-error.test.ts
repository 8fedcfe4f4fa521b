import { expect, it } from 'vitest';
import { BadUserInputError, RateLimitedError, ServiceUnavailableError } from '../../src/errors.ts';
import { retryHeaders, statusOf, toGraphQLError } from '../../src/server/graphql-error.ts';

it.each([
  { error: new RateLimitedError(61.2), status: 429, retryAfter: '62' },
  { error: new RateLimitedError(0), status: 429, retryAfter: '1' },
  { error: new ServiceUnavailableError(), status: 503, retryAfter: '1' },
  { error: new BadUserInputError('name', 'Wrong.'), status: 400, retryAfter: undefined },
])(
  '$error.code is answered with $status and Retry-After: $retryAfter',
  ({ error, status, retryAfter }) => {
    const graphqlError = toGraphQLError(error);
    expect(graphqlError.extensions.code).toBe(error.code);
    expect(statusOf(graphqlError)).toBe(status);
    expect(retryHeaders(graphqlError.extensions).get('retry-after')).toBe(retryAfter);
    expect(graphqlError.extensions.http).toEqual({
      status,
      headers: retryHeaders(graphqlError.extensions),
    });
  },
);

it('asks for nothing where there is no code', () => {
  expect([...retryHeaders(undefined)]).toEqual([]);
  expect(statusOf({})).toBeUndefined();
});
