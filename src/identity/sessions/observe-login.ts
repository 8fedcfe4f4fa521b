import {
  type ClientError,
  RateLimitedError,
  ServiceUnavailableError,
  UnauthenticatedError,
} from '../../errors.ts';
import type { Login } from './login.ts';

/** The result of a login attempt, for metrics. */
export type LoginOutcome = 'ok' | 'bad_credentials' | 'rate_limited' | 'unavailable' | 'failed';

export interface LoginObservation {
  readonly login: Login;
  readonly toClientError: (error: unknown) => ClientError | undefined;
  readonly onOutcome: (outcome: LoginOutcome) => void;
}

/** Wraps a login, and reports the result of each attempt. */
export const observeLogin =
  ({ login, toClientError, onOutcome }: LoginObservation): Login =>
  async (attempt) => {
    try {
      const issued = await login(attempt);
      onOutcome('ok');
      return issued;
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
