/** How errors with one code are handled, in the API and in the log. */
interface ErrorKind {
  /** The HTTP status of an operation that failed as a whole. */
  readonly status: number;
  /** Whether the same request can succeed a little later, so that the answer has a `Retry-After`. */
  readonly isTemporary?: true;
  /** The level at which such an error is logged. Others are not logged. */
  readonly logLevel?: LogLevel;
}

type LogLevel = 'warn' | 'error';

/** Gatehouse's own error codes. Projects add theirs in `errors` of a domain, and GraphQL has some (syntax, validation). */
export const errorKinds = {
  BAD_USER_INPUT: { status: 400 },
  BATCHING_NOT_SUPPORTED: { status: 400 },
  BODY_TOO_LARGE: { status: 413 },
  CONFLICT: { status: 409 },
  EVENTS_LOST: { status: 503 }, // ends a subscription, so it is never sent as a status
  FORBIDDEN: { status: 403 },
  INTERNAL_SERVER_ERROR: { status: 500, logLevel: 'error' },
  NOT_FOUND: { status: 404 },
  OPERATION_TOO_COMPLEX: { status: 400 },
  OPERATION_TOO_LARGE: { status: 400 },
  OPERATION_UNKNOWN: { status: 400 },
  OUTCOME_UNKNOWN: { status: 500, logLevel: 'warn' }, // not temporary: the client has to check first
  PERSISTED_QUERY_NOT_FOUND: { status: 400 }, // Apollo Server's own status would be 200
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 400 }, // Apollo Server's own status would be 200
  RATE_LIMITED: { status: 429, isTemporary: true },
  SERVICE_UNAVAILABLE: { status: 503, isTemporary: true, logLevel: 'warn' },
  TOO_MANY_SUBSCRIPTIONS: { status: 429 },
  UNAUTHENTICATED: { status: 401 },
} as const satisfies Readonly<Record<string, ErrorKind>>;

/** One of Gatehouse's own codes. */
export type ErrorCode = keyof typeof errorKinds;

/** Returns how errors with a code are handled, or undefined if the code is not one of Gatehouse's own. */
export const errorKindOf = (code: unknown): ErrorKind | undefined =>
  isOwnCode(code) ? errorKinds[code] : undefined;

const isOwnCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorKinds, code);

/** Facts for programs, sent in `extensions` with the code. Never a secret, never the input. */
export type ErrorFacts = Readonly<Record<string, string | number | readonly string[]>>;

/** The facts of an error, and its cause for the log. */
export interface ClientErrorOptions extends ErrorOptions {
  readonly facts?: ErrorFacts;
  /** What operators need beside the message, as a sentence without values of rows. Logged, and shown by commands: never sent. */
  readonly detail?: string | undefined;
}

/** An error whose message and facts are sent to the client. Every other error is masked. */
export class ClientError extends Error {
  override readonly name: string;
  /** One of Gatehouse's own, or one that a domain declares. */
  readonly code: string;
  readonly facts: ErrorFacts;
  /** For the log and commands alone. */
  readonly detail: string | undefined;

  constructor(
    code: string,
    message: string,
    { facts = {}, detail, ...options }: ClientErrorOptions = {},
  ) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.facts = facts;
    this.detail = detail;
  }
}

/**
 * Returns the level at which an error is logged, or undefined if it is not: a mistake of a client is no error of the
 * server. Masked errors have no `ClientError`.
 */
export function logLevelOf(error: ClientError | undefined): LogLevel | undefined {
  // Load shedding logs one line a second for all of them. What an operation left undone is no news.
  if (error instanceof OverloadedError || error instanceof OperationEndedError) return undefined;
  return errorKindOf(error === undefined ? 'INTERNAL_SERVER_ERROR' : error.code)?.logLevel;
}

/**
 * An argument has an invalid value. `argument` is its name, with a path for input fields: `input.name`. It is undefined
 * if only the database detected the value.
 */
export class BadUserInputError extends ClientError {
  constructor(argument: string | undefined, message: string, options?: ErrorOptions) {
    super('BAD_USER_INPUT', message, { ...options, facts: argumentFact(argument) });
  }
}

/** A record does not exist. `argument` named it, and is undefined if only the database detected that. */
export class NotFoundError extends ClientError {
  constructor(
    argument: string | undefined,
    message = `Nothing has this \`${argument ?? 'id'}\`.`,
    options?: ErrorOptions,
  ) {
    super('NOT_FOUND', message, { ...options, facts: argumentFact(argument) });
  }
}

const argumentFact = (argument: string | undefined): ErrorFacts =>
  argument === undefined ? {} : { argument };

/** Why the state of the data forbids an operation. */
type ConflictReason =
  | 'ALREADY_EXISTS'
  | 'LAST_ADMIN'
  | 'LAST_HOLDER'
  | 'PLACE_IN_USE'
  | 'PLACES_LIMIT'
  | 'GROUP_IMPLIED'
  | 'GROUP_FROM_SOURCE'
  | 'CHANGED_MEANWHILE'
  | 'CLIENT_DISABLED'
  | 'STILL_REFERENCED';

/** The state of the data forbids the operation, or another operation came first. The operation had no effect. */
export class ConflictError extends ClientError {
  constructor(
    reason: ConflictReason,
    message: string,
    { facts, ...options }: ClientErrorOptions = {},
  ) {
    super('CONFLICT', message, { ...options, facts: { reason, ...facts } });
  }
}

/** The constraint that a statement violated, and its table, as far as they are known. For the log alone. */
export interface ViolatedConstraint {
  readonly table?: string | undefined;
  readonly constraint?: string | undefined;
}

/**
 * Another record has a value that must be unique. The same request cannot succeed later. `argument` is the one with the
 * value, if the project names it: `constraints` of a domain.
 */
export class AlreadyExistsError extends ConflictError {
  constructor(argument: string | undefined, violated: ViolatedConstraint, options?: ErrorOptions) {
    const value = argument === undefined ? 'a value that must be unique' : `this \`${argument}\``;
    const message = `Another record already has ${value}. Send another value: the same one is rejected again.`;
    super('ALREADY_EXISTS', message, {
      ...options,
      facts: argumentFact(argument),
      detail: describeViolated(violated, { one: 'A row', verb: 'has it' }),
    });
  }
}

/** A foreign key prevents the removal of a record. The answer does not say which: names of tables are for operators. */
export class StillReferencedError extends ConflictError {
  constructor(violated: ViolatedConstraint, options?: ErrorOptions) {
    super('STILL_REFERENCED', 'Other records still refer to this record.', {
      ...options,
      detail: describeViolated(violated, { one: 'Rows', verb: 'refer to it' }),
    });
  }
}

/** A sentence for operators: `Rows of the table notes refer to it, by the constraint notes_author_id_fkey.` */
function describeViolated(
  { table, constraint }: ViolatedConstraint,
  { one, verb }: { readonly one: string; readonly verb: string },
): string {
  const rows = table === undefined ? one : `${one} of the table ${table}`;
  return `${rows} ${verb}${constraint === undefined ? '' : `, by the constraint ${constraint}`}.`;
}

/** Why a request proves no identity: the closed list that clients may rely on. */
export type UnauthenticatedReason =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'TOKEN_REVOKED'
  | 'BAD_CREDENTIALS'
  | 'FACTOR_REQUIRED'
  | 'CHALLENGE_ENDED'
  | 'AUTHENTICATION_TOO_OLD'
  | 'FACTORS_MISSING';

/** The request proves no identity, and `reason` says why. The cause is only for the log. */
export class UnauthenticatedError extends ClientError {
  readonly reason: UnauthenticatedReason;

  constructor(
    reason: UnauthenticatedReason,
    message: string,
    { facts, ...options }: ClientErrorOptions = {},
  ) {
    super('UNAUTHENTICATED', message, { ...options, facts: { reason, ...facts } });
    this.reason = reason;
  }
}

/** A part that the operation needs, such as the database, does not respond. A retry can succeed. */
export class ServiceUnavailableError extends ClientError {
  constructor(options?: ErrorOptions) {
    super(
      'SERVICE_UNAVAILABLE',
      'The service is temporarily unavailable. Try again later.',
      options,
    );
  }
}

/** An operation exceeded its time limit. Its work may continue. */
export class DeadlineError extends ClientError {
  constructor() {
    const message =
      'The operation took too long. If it was a mutation, check whether it took effect before trying again.';
    super('SERVICE_UNAVAILABLE', message, { facts: { reason: 'DEADLINE' } });
  }
}

/**
 * The connection was lost while a change was committed, or the time of the operation was over when a part of it was
 * committed: it may have taken effect. Nothing repeats it.
 */
export class OutcomeUnknownError extends ClientError {
  constructor(options?: ErrorOptions) {
    const message =
      'It is unknown whether the operation took effect, wholly or in part. Check the current state before trying again.';
    super('OUTCOME_UNKNOWN', message, options);
  }
}

/** Whether an error for clients is an {@link OutcomeUnknownError}. */
export const isOutcomeUnknown = ({
  extensions,
}: {
  readonly extensions: Readonly<Record<string, unknown>>;
}): boolean => extensions.code === 'OUTCOME_UNKNOWN';

/** The client of an operation has its answer or has left, so that nothing more of it is begun. Never sent. */
export class OperationEndedError extends ClientError {
  constructor() {
    super('SERVICE_UNAVAILABLE', 'The operation has ended.');
  }
}

/** The server has too much work, and did not begin this request. A retry can succeed. */
export class OverloadedError extends ClientError {
  constructor() {
    const message = 'The server is overloaded. Try again later.';
    super('SERVICE_UNAVAILABLE', message, { facts: { retryAfterSeconds: 1 } });
  }
}

/** Too many attempts failed. It is the same for existing and missing accounts, and expires. */
export class RateLimitedError extends ClientError {
  constructor(seconds: number) {
    super('RATE_LIMITED', 'Too many attempts. Try again later.', {
      facts: { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) },
    });
  }
}

/** A subscriber read its events too slowly, or changes were missed while the database was unavailable. */
export class EventsLostError extends ClientError {
  constructor() {
    const message = 'Events may have been lost. Subscribe again and read the missed events.';
    super('EVENTS_LOST', message);
  }
}

/**
 * The record of reads could not be written, so the data is not sent. A query had no effect. A mutation has happened: its
 * answer lacks the audited fields alone.
 */
export class ReadNotRecordedError extends ClientError {
  constructor(options?: ErrorOptions) {
    const message =
      'The read of this data could not be recorded, so it is not sent. If this is a mutation, it has taken effect.';
    super('SERVICE_UNAVAILABLE', message, { ...options, facts: { reason: 'READ_NOT_RECORDED' } });
  }
}

/** Whether an error for clients is a {@link ReadNotRecordedError}. */
export const isReadNotRecorded = ({ reason }: Readonly<Record<string, unknown>>): boolean =>
  reason === 'READ_NOT_RECORDED';

/** The viewer has as many open subscriptions as allowed: `max`. */
export class TooManySubscriptionsError extends ClientError {
  constructor(max: number) {
    const message = `You have too many open subscriptions. At most ${max} are allowed.`;
    super('TOO_MANY_SUBSCRIPTIONS', message, { facts: { max } });
  }
}

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

/** An operation exceeds a limit, and does not run. `found` is its size, undefined if it was not read to its end. */
export class OperationTooLargeError extends ClientError {
  constructor(reason: OperationLimit, limit: number, found?: number) {
    const thing = reason.toLowerCase().replaceAll('_', ' ');
    // Fragments can double the size with each line. JSON has no larger exact number.
    const most = Number.MAX_SAFE_INTEGER;
    const size = found === undefined ? {} : { found: Math.min(found, most) };
    super(
      'OPERATION_TOO_LARGE',
      `The operation is too large: the limit for ${thing} is ${limit}.`,
      {
        facts: { reason, limit, ...size },
      },
    );
  }
}

/** Whether an error of Node.js has a code, such as `ENOENT`. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
