/** Gatehouse's own codes that a client may be told, beside those of GraphQL itself (syntax, validation). */
export const ownErrorCodes = [
  'BAD_USER_INPUT',
  'BODY_TOO_LARGE',
  'CONFLICT',
  'EVENTS_LOST',
  'FORBIDDEN',
  'INTERNAL_SERVER_ERROR',
  'NOT_FOUND',
  'OPERATION_TOO_LARGE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'UNAUTHENTICATED',
] as const;

/** A code of Gatehouse's own. */
export type ErrorCode = (typeof ownErrorCodes)[number];

/** Why a request proves no identity: the closed list that clients may rely on. */
export type UnauthenticatedReason =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'TOKEN_REVOKED'
  | 'BAD_CREDENTIALS';

/**
 * An error whose message and facts are meant for the client. Every other error is masked.
 *
 * It knows no HTTP status and no header: those belong to the transport (`server/graphql-error.ts`).
 */
export abstract class ClientError extends Error {
  /** One of Gatehouse's own, or one that a domain declares. */
  abstract readonly code: string;

  /** Facts for programs, sent as `extensions` beside the code. Never a secret, never the input. */
  get facts(): Readonly<Record<string, string | number>> {
    return {};
  }
}

/**
 * An argument's value is wrong. `argument` is its name, with a path for input fields: `input.name`. It is undefined
 * where only the database has found out.
 */
export class BadUserInputError extends ClientError {
  override readonly name = 'BadUserInputError';
  readonly code = 'BAD_USER_INPUT';
  readonly argument: string | undefined;

  constructor(argument: string | undefined, message: string, options?: ErrorOptions) {
    super(message, options);
    this.argument = argument;
  }

  override get facts() {
    return argumentFact(this);
  }
}

/**
 * What the operation wants to act on does not exist. `argument` named it; undefined where only the database has
 * found out.
 */
export class NotFoundError extends ClientError {
  override readonly name = 'NotFoundError';
  readonly code = 'NOT_FOUND';
  readonly argument: string | undefined;

  constructor(
    argument: string | undefined,
    message = `Nothing has this \`${argument ?? 'id'}\`.`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.argument = argument;
  }

  override get facts() {
    return argumentFact(this);
  }
}

const argumentFact = ({
  argument,
}: {
  readonly argument: string | undefined;
}): Readonly<Record<string, string>> => (argument === undefined ? {} : { argument });

/**
 * The state of things forbids the operation now, or another one came first. What it was about was not
 * done, or not read.
 */
export class ConflictError extends ClientError {
  override readonly name = 'ConflictError';
  readonly code = 'CONFLICT';
  readonly reason: 'LAST_ADMIN' | 'CHANGED_MEANWHILE' | 'CLIENT_DISABLED' | 'STILL_REFERENCED';

  constructor(reason: ConflictError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  override get facts(): Readonly<Record<string, string>> {
    return { reason: this.reason };
  }
}

/** A foreign key forbids to remove a record: rows of `table`, undefined where it is not known, refer to it. */
export class StillReferencedError extends ConflictError {
  readonly table: string | undefined;

  constructor(table: string | undefined, options?: ErrorOptions) {
    const rows = table === undefined ? 'Other records' : `Rows of the table ${table}`;
    super('STILL_REFERENCED', `${rows} still refer to this record.`, options);
    this.table = table;
  }

  override get facts() {
    return { ...super.facts, ...(this.table === undefined ? {} : { table: this.table }) };
  }
}

/** The request proves no identity, and `reason` says why. The cause is for the log alone. */
export class UnauthenticatedError extends ClientError {
  override readonly name = 'UnauthenticatedError';
  readonly code = 'UNAUTHENTICATED';
  readonly reason: UnauthenticatedReason;

  constructor(reason: UnauthenticatedReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  override get facts() {
    return { reason: this.reason };
  }
}

/** A part that the operation needs, such as the database, does not answer. Worth another try. */
export class ServiceUnavailableError extends ClientError {
  override readonly name = 'ServiceUnavailableError';
  readonly code = 'SERVICE_UNAVAILABLE';

  constructor(options?: ErrorOptions) {
    super('The service is temporarily unavailable. Try again later.', options);
  }
}

/** An operation was not done in time. What it waits for may go on. */
export class DeadlineError extends ClientError {
  override readonly name = 'DeadlineError';
  readonly code = 'SERVICE_UNAVAILABLE';

  constructor() {
    super(
      'The operation took too long. If it was a mutation, check whether it took effect before trying again.',
    );
  }

  override get facts() {
    return { reason: 'DEADLINE' };
  }
}

/** More is asked at once than can be answered soon; nothing was begun. Worth another try. */
export class OverloadedError extends ClientError {
  override readonly name = 'OverloadedError';
  readonly code = 'SERVICE_UNAVAILABLE';
  /** When to try again, in whole seconds from now. */
  readonly retryAfterSeconds = 1;

  constructor() {
    super('The server is overloaded. Try again later.');
  }

  override get facts() {
    return { retryAfterSeconds: this.retryAfterSeconds };
  }
}

/** Too many attempts have failed. The same for existing and missing accounts. It expires. */
export class RateLimitedError extends ClientError {
  override readonly name = 'RateLimitedError';
  readonly code = 'RATE_LIMITED';
  /** When to try again, in whole seconds from now; at least 1. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('Too many attempts. Try again later.');
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds));
  }

  override get facts() {
    return { retryAfterSeconds: this.retryAfterSeconds };
  }
}

/** A subscriber took its events too slowly, or changes were missed while the database was away. */
export class EventsLostError extends ClientError {
  override readonly name = 'EventsLostError';
  readonly code = 'EVENTS_LOST';

  constructor() {
    super('Events may have been lost. Subscribe again and read the missed events.');
  }
}

/** What of an operation has a limit. */
export type OperationLimit =
  | 'TOKENS'
  | 'DEPTH'
  | 'INTROSPECTION_DEPTH'
  | 'ALIASES'
  | 'ROOT_FIELDS'
  | 'SELECTIONS'
  | 'DIRECTIVES'
  | 'DIRECTIVES_AT_ONE_PLACE'
  | 'VARIABLES'
  | 'VARIABLE_VALUES'
  | 'VARIABLE_DEPTH'
  | 'COST';

/** An operation is larger than it may be. Told before anything runs; a smaller one may run. */
export class OperationTooLargeError extends ClientError {
  override readonly name = 'OperationTooLargeError';
  readonly code = 'OPERATION_TOO_LARGE';
  readonly reason: OperationLimit;
  readonly limit: number;
  /** How large it is; undefined when it was not read to its end. */
  readonly found: number | undefined;

  constructor(reason: OperationLimit, limit: number, found?: number) {
    const thing = reason.toLowerCase().replaceAll('_', ' ');
    super(`The operation is too large: the limit for ${thing} is ${limit}.`);
    this.reason = reason;
    this.limit = limit;
    this.found = found;
  }

  override get facts() {
    const { reason, limit, found } = this;
    // Fragments can double with every line: JSON has no number for what comes out.
    const most = Number.MAX_SAFE_INTEGER;
    return { reason, limit, ...(found === undefined ? {} : { found: Math.min(found, most) }) };
  }
}
