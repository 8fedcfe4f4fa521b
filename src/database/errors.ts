import {
  BadUserInputError,
  ClientError,
  ConflictError,
  ServiceUnavailableError,
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

/** Text that is no value of the column's type, as an id that is no UUID: by Prisma's code and by SQLSTATE. */
const FORM_CODES: ReadonlySet<string> = new Set(['P2007', 'P2023', '22P02']);

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
 * again. `ConflictError`: another operation came first. `BadUserInputError`: an id that no row could have. A client
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
  if (codes.some((code) => FORM_CODES.has(code))) {
    return new BadUserInputError('id', 'An id has the wrong form.', { cause: error });
  }
  if (codes.some(isUnavailableCode) || isCollision(error) || chain.some(saysUnavailable)) {
    return new ServiceUnavailableError({ cause: error });
  }
  return undefined;
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
