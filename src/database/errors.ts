import {
  AlreadyExistsError,
  BadUserInputError,
  ClientError,
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
  StillReferencedError,
  type ViolatedConstraint,
} from '../errors.ts';

/** The database responded and denied access: the settings have to be corrected. */
const REFUSAL_CODES: ReadonlySet<string> = new Set([
  'P1000',
  'P1003',
  'P1010',
  '3D000',
  '28000',
  '28P01',
  'DatabaseDoesNotExist',
  'DatabaseAccessDenied',
  'AuthenticationFailed',
]);

/** Codes of Prisma (P), SQLSTATEs and codes of Node.js for: access denied, unreachable, or timed out. */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  ...REFUSAL_CODES,
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
  // No connection free; transaction took too long; too many connections.
  'P2024',
  'P2028',
  'P2037',
  // Timeout of a lock, of an idle transaction, of a transaction.
  '55P03',
  '25P03',
  '25P04',
  // Read only, such as a replica; accepts no connections, or is recovering.
  '25006',
  '55000',
  // Node.js.
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // The kinds of Prisma's driver adapters. Errors of raw queries have nothing else.
  'DatabaseNotReachable',
  'ConnectionClosed',
  'TlsConnectionError',
  'SocketTimeout',
  'TooManyConnections',
]);

/**
 * SQLSTATE classes (PostgreSQL, appendix A). 08: connection exception. 53: insufficient resources, such as disk,
 * memory or connections. 57: operator intervention, such as a shutdown, a canceled statement, an idle timeout or a
 * dropped database. 58: system error outside PostgreSQL. XX, an internal error or damaged data, is not included: a
 * retry does not help, and it must be logged as an error.
 */
const UNAVAILABLE_CLASSES = /^(08|53|57|58)[0-9A-Z]{3}$/;

/** Unique violation: Prisma's code, the SQLSTATE and the adapter's kind. And that of an exclusion constraint. */
const UNIQUE_CODES: ReadonlySet<string> = new Set([
  'P2002',
  '23505',
  'UniqueConstraintViolation',
  '23P01',
]);

/** Foreign key violation. */
const REFERENCE_CODES: ReadonlySet<string> = new Set([
  'P2003',
  '23503',
  'ForeignKeyConstraintViolation',
  // ON DELETE RESTRICT, from PostgreSQL 18 on.
  '23001',
  'RestrictViolation',
]);

/** A value that does not match the type of its column, such as an id, or a text with NUL, which none can store. */
const MALFORMED_CODES: ReadonlySet<string> = new Set([
  'P2007',
  'P2023',
  '22P02',
  'InvalidInputValue',
  '22021',
]);

/** A required record does not exist. */
const NOT_FOUND_CODES: ReadonlySet<string> = new Set(['P2025']);

/** Write conflict, deadlock. The transaction was rolled back, and a retry can succeed. */
const COLLISION_CODES: ReadonlySet<string> = new Set([
  'P2034',
  '40001',
  '40P01',
  'TransactionWriteConflict',
]);

/** Messages of pg, pg-pool and PGlite for errors without a code. */
const UNAVAILABLE_MESSAGES: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'PGlite is closed',
  'PGlite is closing',
]);

/**
 * Converts a database error to one that may be sent to clients. Returns undefined for all others, such as bugs. The
 * original error is kept as the cause, for the log.
 *
 * `ServiceUnavailableError`: the database is unavailable, or transactions collided repeatedly. `ConflictError`:
 * another record has the value, or a foreign key forbids it. `NotFoundError`, `BadUserInputError`: a record does not
 * exist, or an id is malformed; the value is not quoted. A `ClientError` is returned unchanged.
 *
 * @param argument the argument with the value that a constraint refused, if it is known.
 */
export function toClientError(error: unknown, argument?: string): ClientError | undefined {
  if (error instanceof ClientError) return error;
  if (meansUnavailable(error) || isCollision(error)) {
    return new ServiceUnavailableError({ cause: error });
  }
  return toInputError(error, argument);
}

/**
 * Converts the error of a write to Gatehouse's own tables. Their unique values are names, which are looked up before they
 * are written, and ids, hashes and secrets, which no client chooses: another try gets another answer.
 */
export const toOwnWriteError = (error: unknown): unknown =>
  hasOneOf(error, UNIQUE_CODES) && !(error instanceof ClientError)
    ? new ConflictError(
        'CHANGED_MEANWHILE',
        'Another operation changed the same data at the same time. Check the current state and try again.',
        { cause: error },
      )
    : error;

/** Converts errors about the client's input that only the database can detect. */
function toInputError(error: unknown, argument: string | undefined): ClientError | undefined {
  const options = { cause: error };
  if (hasOneOf(error, UNIQUE_CODES)) {
    return new AlreadyExistsError(argument, violatedConstraintOf(error), options);
  }
  const reference = violatedReferenceOf(error);
  if (reference?.isRemoval === true) return new StillReferencedError(reference, options);
  if (reference !== undefined) {
    const message = 'A record that the input refers to does not exist.';
    return new BadUserInputError(argument, message, options);
  }
  if (isMalformed(error)) {
    return new BadUserInputError(undefined, 'An id or another value is malformed.', options);
  }
  if (hasOneOf(error, NOT_FOUND_CODES)) {
    return new NotFoundError(undefined, 'The record does not exist.', options);
  }
  return undefined;
}

/**
 * Whether the database rejected the values of a statement, so that others could be written. SQLSTATE classes 22: data
 * exception, 23: violated constraint, and 54: exceeded limit, such as the size of an index row.
 */
export const isRejectedData = (error: unknown): boolean =>
  chainOf(error).some((each) => codesOf(each).some((code) => /^(22|23|54)[0-9A-Z]{3}$/.test(code)));

/** Whether the database rejected a value that its column cannot store. */
export const isMalformed = (error: unknown): boolean => hasOneOf(error, MALFORMED_CODES);

/** The foreign key that a statement violated. Prisma's adapters do not report its table. */
export interface ViolatedReference extends ViolatedConstraint {
  /**
   * Whether the statement may have tried to remove a record that others refer to. False: it wrote a row that refers to
   * a missing record.
   */
  readonly isRemoval: boolean;
}

/** Returns the violated foreign key of a database error, or undefined for other errors. */
export function violatedReferenceOf(error: unknown): ViolatedReference | undefined {
  if (!hasOneOf(error, REFERENCE_CODES)) return undefined;
  const verb = findText(error, (value) => ('verb' in value ? value.verb : undefined));
  return {
    isRemoval: verb !== 'INSERT' && verb !== 'UPDATE',
    ...violatedConstraintOf(error),
  };
}

/** Returns the violated constraint of a database error. Other errors have none. */
export const violatedConstraintOf = (error: unknown): ViolatedConstraint => ({
  table: findText(error, (value) => ('table' in value ? value.table : undefined)),
  constraint: findText(error, constraintOf),
});

const findText = (error: unknown, read: (value: object) => unknown): string | undefined =>
  chainOf(error)
    .map(read)
    .find((value) => typeof value === 'string');

/** Reads the constraint's name, which Prisma's adapters wrap in an object, unlike pg and PGlite. */
function constraintOf(error: object): unknown {
  if (!('constraint' in error)) return undefined;
  const { constraint } = error;
  if (typeof constraint !== 'object' || constraint === null) return constraint;
  return 'index' in constraint ? constraint.index : undefined;
}

/** Whether a transaction was rolled back because of another one, so that a retry can succeed. */
export const isCollision = (error: unknown): boolean => hasOneOf(error, COLLISION_CODES);

/**
 * Whether an error says that its transaction was rolled back, also one at COMMIT: a collision, or values that the
 * database rejected, such as by a deferred constraint. Others, such as a lost connection, say nothing.
 */
export const isRolledBack = (error: unknown): boolean =>
  isCollision(error) ||
  isRejectedData(error) ||
  hasOneOf(error, UNIQUE_CODES) ||
  hasOneOf(error, REFERENCE_CODES);

/** Whether the database is unavailable for now, so that waiting can help, unlike with wrong settings. */
export const isUnavailable = (error: unknown): boolean =>
  toClientError(error) instanceof ServiceUnavailableError && !hasOneOf(error, REFUSAL_CODES);

const meansUnavailable = (error: unknown): boolean =>
  hasOneOf(error, UNAVAILABLE_CODES) ||
  chainOf(error).some(
    (each) => codesOf(each).some((code) => UNAVAILABLE_CLASSES.test(code)) || saysUnavailable(each),
  );

const saysUnavailable = (error: object): boolean =>
  error instanceof Error &&
  (error.name === 'PrismaClientInitializationError' || UNAVAILABLE_MESSAGES.has(error.message));

/** Whether an error or one of its causes has one of the codes. */
const hasOneOf = (error: unknown, codes: ReadonlySet<string>): boolean =>
  chainOf(error).some((each) => codesOf(each).some((code) => codes.has(code)));

/** Returns the error and its causes: `cause`, and Prisma's `meta.driverAdapterError`. Outermost first. */
function chainOf(error: unknown): readonly object[] {
  const chain = new Set<object>();
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || chain.has(value)) return;
    chain.add(value);
    if ('meta' in value && typeof value.meta === 'object' && value.meta !== null) {
      if ('driverAdapterError' in value.meta) add(value.meta.driverAdapterError);
    }
    if ('cause' in value) add(value.cause);
  };
  add(error);
  return [...chain];
}

function codesOf(error: object): readonly string[] {
  const codes = [
    'code' in error ? error.code : undefined,
    'originalCode' in error ? error.originalCode : undefined,
    'kind' in error ? error.kind : undefined,
  ];
  return codes.filter((code) => typeof code === 'string');
}
