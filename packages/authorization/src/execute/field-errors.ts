import { type GraphQLOutputType, isNonNullType, locatedError, responsePathAsArray } from 'graphql';
import type { Field } from './field.ts';
import { listError, type Path, type Run } from './run.ts';

/**
 * Returns null in place of a value that failed. @throws {GraphQLError} where null is not allowed, and when the answer is too
 * large: then no part of it is delivered.
 */
export type Fail = (error: unknown, path: Path, run: Run) => null;

/** Compiles what happens to an error of a field, or of an item in its lists, whose values have this type. */
export function compileFail(type: GraphQLOutputType, { nodes }: Field): Fail {
  const isStrict = isNonNullType(type);
  return (error, path, run) => {
    if (run.size.error !== undefined) throw run.size.error;
    const located = locatedError(error, nodes, responsePathAsArray(path));
    if (isStrict) throw located;
    listError(located, path, run);
    return null;
  };
}

/** Does the same when a promise rejects. */
export type FailLater = (promise: PromiseLike<unknown>, path: Path, run: Run) => unknown;

export const compileFailLater =
  (fail: Fail): FailLater =>
  (promise, path, run) =>
    promise.then(undefined, (error: unknown) => fail(error, path, run));
