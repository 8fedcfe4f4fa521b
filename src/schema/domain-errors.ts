import { ClientError, errorKindOf } from '../errors.ts';
import type { AnyDomain } from './domain.ts';

/**
 * An error with a code of a domain: `throw new DomainError('ROOM_FULL', 'The room is full.')`.
 *
 * The domain declares the code and its HTTP status: `errors: { ROOM_FULL: 409 }`. Errors with undeclared codes are
 * masked.
 */
export class DomainError extends ClientError {}

/** HTTP statuses by error code. */
export type ErrorStatuses = Readonly<Record<string, number>>;

/** The error codes of all domains. */
export interface DomainErrors {
  /**
   * Converts an error to one for clients, or returns undefined. `argument` has the value that a constraint refused, if it
   * is known.
   */
  readonly toClientError: (error: unknown, argument?: string) => ClientError | undefined;
  /** The statuses of the codes that domains declare. */
  readonly errorStatuses: ErrorStatuses;
}

/** Joins the codes of the domains. Errors with undeclared codes are bugs, and not sent to clients. */
export function createDomainErrors(
  domains: readonly AnyDomain[],
  toClientError: DomainErrors['toClientError'],
): DomainErrors {
  const errorStatuses: ErrorStatuses = Object.assign({}, ...domains.map(({ errors }) => errors));
  const isUndeclared = (error: unknown) =>
    error instanceof DomainError && !Object.hasOwn(errorStatuses, error.code);
  return {
    errorStatuses,
    toClientError: (error, argument) =>
      isUndeclared(error) ? undefined : toClientError(error, argument),
  };
}

const codeForm = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

/** Finds invalid codes and statuses. 401 and 403 are reserved for credentials and guards. */
export function findErrorProblems({ name, errors = {} }: AnyDomain): readonly string[] {
  return Object.entries(errors).flatMap(([code, status]) => {
    const where = `${code}: errors of the domain ${name}:`;
    if (!codeForm.test(code)) return [`${where} a code must be in upper case, such as ROOM_FULL`];
    if (errorKindOf(code) !== undefined) return [`${where} Gatehouse already uses this code`];
    const isServed = Number.isInteger(status) && status >= 400 && status <= 599;
    if (!isServed || status === 401 || status === 403) {
      return [`${where} the status must be from 400 to 599, but not 401 or 403`];
    }
    return [];
  });
}
