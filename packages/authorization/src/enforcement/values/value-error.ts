import { GraphQLError } from 'graphql';
import { type ErrorPlace, toInternalError } from '../calls/internal-error.ts';

/**
 * A resolver returned or threw a value that is not for clients. For logs: the client gets an internal error. The value can
 * be in the `cause`, never in the message.
 */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  /** The coordinate of the field, or the name of the type, that the value does not fit. */
  readonly coordinate: string;

  constructor(coordinate: string, problem: string, options?: ErrorOptions) {
    super(`${coordinate}: ${problem}`, options);
    this.coordinate = coordinate;
  }
}

/**
 * Converts what a resolver threw to the error that the client gets. A `GraphQLError` was written for clients, unless it
 * only repeats the message of another error; the message of anything else can quote a value.
 */
export function toClientError(thrown: unknown, coordinate: string, place?: ErrorPlace): Error {
  try {
    return convert(thrown, coordinate, place);
  } catch {
    // A proxy can throw wherever it is read. What it throws can quote a value too.
    const problem = 'its resolver threw a value that cannot be read';
    return toInternalError(new ValueError(coordinate, problem), place);
  }
}

function convert(thrown: unknown, coordinate: string, place?: ErrorPlace): Error {
  if (!(thrown instanceof GraphQLError)) {
    return toInternalError(withoutExtensions(thrown, coordinate), place);
  }
  const cause = innermostCause(thrown);
  if (cause?.message === thrown.message) return convert(cause, coordinate, place);
  if (!hasForeignExtensions(thrown, thrown.extensions)) return thrown;
  const { message, nodes = null, source = null, positions = null, path = null } = thrown;
  const originalError = withoutExtensions(thrown.originalError, coordinate);
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    originalError,
    extensions: {},
  });
}

/** Returns the error that executors, and applications, have wrapped. Undefined: it is a `GraphQLError` itself. */
function innermostCause({ originalError }: GraphQLError): Error | undefined {
  return originalError instanceof GraphQLError ? innermostCause(originalError) : originalError;
}

/** Executors send the `extensions` of an error's cause, which can be of another library. */
function withoutExtensions(thrown: unknown, coordinate: string): Error {
  if (!(thrown instanceof Error)) {
    const problem = 'its resolver threw a value that is not an Error';
    return new ValueError(coordinate, problem, { cause: thrown });
  }
  if (!('extensions' in thrown)) return thrown;
  const problem = 'its resolver threw an error with extensions that are not for clients';
  return new ValueError(coordinate, problem, { cause: thrown });
}

/** Whether `extensions` are those of a cause that is no `GraphQLError`. */
function hasForeignExtensions({ originalError }: GraphQLError, extensions: unknown): boolean {
  if (originalError === undefined) return false;
  if (originalError instanceof GraphQLError) return hasForeignExtensions(originalError, extensions);
  return 'extensions' in originalError && originalError.extensions === extensions;
}
