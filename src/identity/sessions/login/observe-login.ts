import type { ClientError } from '../../../errors.ts';

/** The result of a login attempt, for metrics. `factor_due`: the password was right, and more is due. */
export type LoginOutcome =
  | 'ok'
  | 'factor_due'
  | 'bad_credentials'
  | 'rate_limited'
  | 'unavailable'
  | 'failed';

export interface LoginObservation {
  readonly toClientError: (error: unknown) => ClientError | undefined;
  readonly onOutcome: (outcome: LoginOutcome) => void;
}

/** Wraps a login, and reports the result of each attempt. */
export const observeLogin =
  <Attempt, Result extends object>(
    login: (attempt: Attempt) => Promise<Result>,
    { toClientError, onOutcome }: LoginObservation,
  ): ((attempt: Attempt) => Promise<Result>) =>
  async (attempt) => {
    try {
      const result = await login(attempt);
      onOutcome('outcome' in result && result.outcome === 'due' ? 'factor_due' : 'ok');
      return result;
    } catch (error) {
      const { code, facts } = toClientError(error) ?? {};
      onOutcome(
        facts?.reason === 'FACTOR_REQUIRED' ? 'factor_due' : (failures.get(code) ?? 'failed'),
      );
      throw error;
    }
  };

const failures: ReadonlyMap<string | undefined, LoginOutcome> = new Map([
  ['UNAUTHENTICATED', 'bad_credentials'],
  ['RATE_LIMITED', 'rate_limited'],
  ['SERVICE_UNAVAILABLE', 'unavailable'],
] as const);
