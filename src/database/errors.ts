import {
  BadUserInputError,
  ClientError,
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
  StillReferencedError,
} from '../errors.ts';

/** Prisma's codes (P), SQLSTATEs and Node's codes that mean: not reached, not let in, or not in time. */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  ...['P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1010', 'P1011', 'P1017'],
  ...['P2024', 'P2028', 'P2037'], // no connection free; transaction took too long; too many connections
  ...['55P03', '25P03', '25P04'], // lock, idle transaction, transaction: timed out
  ...['3D000', '28000', '28P01'], // no such database; not let in
  ...['25006', '55000'], // read only, as a replica is; not in the state for it: accepts no connections, or recovers
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE'],
  ...['EHOSTUNREACH', 'ENETUNREACH'],
  // The kinds of Prisma's driver adapters: of a raw query these are all that is told.
  ...['DatabaseNotReachable', 'ConnectionClosed', 'TlsConnectionError', 'SocketTimeout'],
  ...['TooManyConnections', 'DatabaseDoesNotExist', 'DatabaseAccessDenied', 'AuthenticationFailed'],
]);

/**
 * SQLSTATE classes (PostgreSQL, appendix A). 08: connection exception. 53: insufficient resources, such as disk,
 * memory or connections. 57: operator intervention, such as a shutdown, a canceled statement, an idle timeout or a
 * dropped database. 58: error of the system below the database. XX, an internal error or damaged data, is not among
 * them: trying again does not help, and an operator has to see it as a fault.
 */
const UNAVAILABLE_CLASSES = /^(08|53|57|58)[0-9A-Z]{3}$/;

/** The database has answered, and does not let this process in: somebody has to mend the settings. */
const REFUSAL_CODES: ReadonlySet<string> = new Set([
  ...['P1000', 'P1003', 'P1010', '3D000', '28000', '28P01'],
  ...['DatabaseDoesNotExist', 'DatabaseAccessDenied', 'AuthenticationFailed'],
]);

/** Unique violation: by Prisma's code, by SQLSTATE and by the adapter's kind. */
const CONFLICT_CODES: ReadonlySet<string> = new Set([
  ...['P2002', '23505', 'UniqueConstraintViolation'],
]);

/** Foreign key violation. */
const REFERENCE_CODES: ReadonlySet<string> = new Set([
  ...['P2003', '23503', 'ForeignKeyConstraintViolation'],
  ...['23001', 'RestrictViolation'], // ON DELETE RESTRICT, from PostgreSQL 18 on
]);

/** A text that is not in the form of its column's type, such as an id. */
const MALFORMED_CODES: ReadonlySet<string> = new Set([
  ...['P2007', 'P2023', '22P02', 'InvalidInputValue'],
]);

/** A record that has to be there is not. */
const NOT_FOUND_CODES: ReadonlySet<string> = new Set(['P2025']);

/** Write conflict, deadlock. The transaction was undone, and may well succeed when it is run again. */
const COLLISION_CODES: ReadonlySet<string> = new Set([
  ...['P2034', '40001', '40P01', 'TransactionWriteConflict'],
]);

/** What pg, pg-pool and PGlite throw without any code. */
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
 * What a client may be told of an error of the database; undefined when that is nothing, as for a
 * fault of ours. The error is kept as the cause, for the log.
 *
 * `ServiceUnavailableError`: the database cannot be reached or used now, or transactions collide again and
 * again. `ConflictError`: another operation came first, or a foreign key forbids it. `NotFoundError`,
 * `BadUserInputError`: a record that is not there, or an id in the wrong form; the value is not quoted. A client
 * error is returned as it is.
 */
export function toClientError(error: unknown): ClientError | undefined {
  if (error instanceof ClientError) return error;
  const chain = chainOf(error);
  const codes = chain.flatMap(codesOf);
  if (codes.some((code) => CONFLICT_CODES.has(code))) {
    const message =
      'Another operation changed the same data at the same time. Check the current state and try again.';
    return new ConflictError('CHANGED_MEANWHILE', message, { cause: error });
  }
  if (codes.some(isUnavailableCode) || isCollision(error) || chain.some(saysUnavailable)) {
    return new ServiceUnavailableError({ cause: error });
  }
  return toInputError(error, codes);
}

/** What is wrong with what the client has sent, as far as only the database could find out. */
function toInputError(error: unknown, codes: readonly string[]): ClientError | undefined {
  const options = { cause: error };
  const reference = violatedReferenceOf(error);
  if (reference?.isRemoval === true) return new StillReferencedError(reference.table, options);
  if (reference !== undefined) {
    const message = 'A record that the input refers to does not exist.';
    return new BadUserInputError(undefined, message, options);
  }
  if (codes.some((code) => MALFORMED_CODES.has(code))) {
    return new BadUserInputError(undefined, 'An id or another value is malformed.', options);
  }
  if (codes.some((code) => NOT_FOUND_CODES.has(code))) {
    return new NotFoundError(undefined, 'The record does not exist.', options);
  }
  return undefined;
}

/** Whether the database has refused a value that is not in the form of its column's type. */
export const isMalformed = (error: unknown): boolean =>
  chainOf(error)
    .flatMap(codesOf)
    .some((code) => MALFORMED_CODES.has(code));

/** A foreign key that a statement has violated. */
export interface ViolatedReference {
  /**
   * Whether it may be that a record was to be removed to which others refer. False: a row was written that refers
   * to none.
   */
  readonly isRemoval: boolean;
  /** The table with the foreign key, where the driver tells it. Prisma's adapters do not. */
  readonly table: string | undefined;
  readonly constraint: string | undefined;
}

/** The foreign key that an error of the database is about, if it is about one. */
export function violatedReferenceOf(error: unknown): ViolatedReference | undefined {
  const chain = chainOf(error);
  if (!chain.flatMap(codesOf).some((code) => REFERENCE_CODES.has(code))) return undefined;
  const told = (read: (value: object) => unknown) =>
    chain.map(read).find((value) => typeof value === 'string');
  const verb = told((value) => ('verb' in value ? value.verb : undefined));
  return {
    isRemoval: verb !== 'INSERT' && verb !== 'UPDATE',
    table: told((value) => ('table' in value ? value.table : undefined)),
    constraint: told(constraintOf),
  };
}

/** pg and PGlite tell its name, Prisma's adapters an object. */
function constraintOf(error: object): unknown {
  if (!('constraint' in error)) return undefined;
  const { constraint } = error;
  if (typeof constraint !== 'object' || constraint === null) return constraint;
  return 'index' in constraint ? constraint.index : undefined;
}

/** Whether a transaction was undone because of another one, so that it is worth running again. */
export const isCollision = (error: unknown): boolean =>
  chainOf(error)
    .flatMap(codesOf)
    .some((code) => COLLISION_CODES.has(code));

/** Whether the database is away, and may come by itself: it is worth waiting for. */
export const isAway = (error: unknown): boolean =>
  toClientError(error) instanceof ServiceUnavailableError &&
  !chainOf(error)
    .flatMap(codesOf)
    .some((code) => REFUSAL_CODES.has(code));

const isUnavailableCode = (code: string) =>
  UNAVAILABLE_CODES.has(code) || UNAVAILABLE_CLASSES.test(code);

const saysUnavailable = (error: object) =>
  error instanceof Error &&
  (error.name === 'PrismaClientInitializationError' || UNAVAILABLE_MESSAGES.has(error.message));

/** The error, and what it is due to: `cause`, and Prisma's `meta.driverAdapterError`. Outermost first. */
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
