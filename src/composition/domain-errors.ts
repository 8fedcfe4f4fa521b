import { ClientError, ownErrorCodes } from '../errors.ts';
import type { Domain } from './domain.ts';

/**
 * An error of a project's own: `throw new DomainError('ROOM_FULL', 'The room is full.')`.
 *
 * A domain declares the code and its HTTP status: `errors: { ROOM_FULL: 409 }`. An error whose code no domain declares
 * is masked.
 */
export class DomainError extends ClientError {
  override readonly name = 'DomainError';
  readonly code: string;
  readonly #facts: Readonly<Record<string, string | number>>;

  /** @param facts sent as `extensions` beside the code */
  constructor(code: string, message: string, { facts = {}, ...options }: DomainErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.#facts = facts;
  }

  override get facts() {
    return this.#facts;
  }
}

export interface DomainErrorOptions extends ErrorOptions {
  /** Facts for programs. Never a secret. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** HTTP statuses by error code. */
export type ErrorStatuses = Readonly<Record<string, number>>;

/** What answers with errors is made with. */
export interface DomainErrors {
  /** What a client may be told of an error, if anything. */
  readonly toClientError: (error: unknown) => ClientError | undefined;
  /** The statuses of the codes that domains declare. */
  readonly errorStatuses: ErrorStatuses;
}

/** Joins the codes of the domains. A code that none declares is a mistake of the server: no client is told of it. */
export function createDomainErrors(
  domains: readonly Domain[],
  toClientError: DomainErrors['toClientError'],
): DomainErrors {
  const errorStatuses: ErrorStatuses = Object.assign({}, ...domains.map(({ errors }) => errors));
  const isUndeclared = (error: unknown) =>
    error instanceof DomainError && !Object.hasOwn(errorStatuses, error.code);
  return {
    errorStatuses,
    toClientError: (error) => (isUndeclared(error) ? undefined : toClientError(error)),
  };
}

const codeForm = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

/** Finds codes and statuses that cannot be served. 401 and 403 are left to credentials and guards. */
export function findErrorProblems({ name, errors = {} }: Domain): readonly string[] {
  return Object.entries(errors).flatMap(([code, status]) => {
    const where = `${code}: errors of the domain ${name}:`;
    if (!codeForm.test(code)) return [`${where} a code is in capitals, such as ROOM_FULL`];
    if (ownErrorCodes.some((own) => own === code)) return [`${where} it is a code of Gatehouse`];
    const isServed = Number.isInteger(status) && status >= 400 && status <= 599;
    if (!isServed || status === 401 || status === 403) {
      return [`${where} the status is one from 400 to 599, and not 401 or 403`];
    }
    return [];
  });
}
