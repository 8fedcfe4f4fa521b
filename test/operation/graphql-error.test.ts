import { expect, it } from 'vitest';
import {
  BadUserInputError,
  ClientError,
  DeadlineError,
  logLevelOf,
  OverloadedError,
  RateLimitedError,
  ServiceUnavailableError,
} from '../../src/errors.ts';
import {
  retryHeaders,
  statusOf,
  toGraphQLError,
  toHttpAnswer,
} from '../../src/operation/errors/graphql-error.ts';

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

it.each([
  { code: 'CONFLICT', status: 409, retries: false },
  { code: 'FORBIDDEN', status: 403, retries: false },
  { code: 'RATE_LIMITED', status: 429, retries: true },
  { code: 'SERVICE_UNAVAILABLE', status: 503, retries: true },
  { code: 'NO_SUCH_CODE', status: 500, retries: false },
])('an error with $code gets $status before there is an operation', ({ code, status, retries }) => {
  const answer = toHttpAnswer(new ClientError(code, 'Wrong.'));
  expect(answer.status).toBe(status);
  expect('retry-after' in answer.headers).toBe(retries);
});

it("takes the status of a project's code from its domain, and never that of an own code", () => {
  const ofDomains = { ROOM_FULL: 409, NOT_FOUND: 200 };
  const statusWith = (code: string) => statusOf({ extensions: { code } }, ofDomains);
  expect([statusWith('ROOM_FULL'), statusWith('NOT_FOUND')]).toEqual([409, 404]);
  expect([statusWith('toString'), statusOf({ extensions: { code: 'toString' } })]).toEqual([
    undefined,
    undefined,
  ]);
});

it.each([
  { title: 'a masked error', error: undefined, level: 'error' },
  { title: 'an unavailable database', error: new ServiceUnavailableError(), level: 'warn' },
  { title: 'an exceeded time limit', error: new DeadlineError(), level: 'warn' },
  { title: 'a shed request', error: new OverloadedError(), level: undefined },
  { title: 'invalid input', error: new BadUserInputError('name', 'Wrong.'), level: undefined },
])('logs $title at the level "$level"', ({ error, level }) => {
  expect(logLevelOf(error)).toBe(level);
});
