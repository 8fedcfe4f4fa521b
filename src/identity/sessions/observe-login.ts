import {
  type ClientError,
  RateLimitedError,
  ServiceUnavailableError,
  UnauthenticatedError,
} from '../../errors.ts';
import type { Login } from './login.ts';

/** How an attempt to log in ended. */
export type LoginOutcome = 'ok' | 'bad_credentials' | 'rate_limited' | 'unavailable' | 'failed';

export interface LoginObservation {
  readonly login: Login;
  readonly toClientError: (error: unknown) => ClientError | undefined;
  readonly onOutcome: (outcome: LoginOutcome) => void;
}

/** The same login, and somebody is told how each attempt ended. */
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
