import {
  type ClientError,
  RateLimitedError,
  ServiceUnavailableError,
  UnauthenticatedError,
} from '../../errors.ts';

/** The result of a login attempt, for metrics. */
export type LoginOutcome = 'ok' | 'bad_credentials' | 'rate_limited' | 'unavailable' | 'failed';

export interface LoginObservation {
  readonly toClientError: (error: unknown) => ClientError | undefined;
  readonly onOutcome: (outcome: LoginOutcome) => void;
}

/** Wraps a login, and reports the result of each attempt. */
export const observeLogin =
  <Attempt, Result>(
    login: (attempt: Attempt) => Promise<Result>,
    { toClientError, onOutcome }: LoginObservation,
  ): ((attempt: Attempt) => Promise<Result>) =>
  async (attempt) => {
    try {
      const result = await login(attempt);
      onOutcome('ok');
      return result;
    } catch (error) {
      onOutcome(outcomeOf(toClientError(error)));
      throw error;
    }
  };

function outcomeOf(error: ClientError | undefined): LoginOutcome {
  if (error instanceof UnauthenticatedError) return 'bad_credentials';
  if (error instanceof RateLimitedError) return 'rate_limited';
  return error instanceof ServiceUnavailableError ? 'unavailable' : 'failed';
}
