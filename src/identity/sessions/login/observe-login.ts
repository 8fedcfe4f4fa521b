import type { ClientError } from '../../../errors.ts';

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
      onOutcome(failures.get(toClientError(error)?.code) ?? 'failed');
      throw error;
    }
  };

const failures: ReadonlyMap<string | undefined, LoginOutcome> = new Map([
  ['UNAUTHENTICATED', 'bad_credentials'],
  ['RATE_LIMITED', 'rate_limited'],
  ['SERVICE_UNAVAILABLE', 'unavailable'],
] as const);
