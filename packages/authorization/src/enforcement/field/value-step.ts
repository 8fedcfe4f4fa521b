import type { GraphQLOutputType } from 'graphql';
import type { Fail, Step } from '../calls/step.ts';
import { type AnswerSizes, placeOf } from '../sizes/answer-size.ts';
import { AnswerTooLargeError } from '../sizes/answer-too-large-error.ts';
import type { CompileCount } from '../values/count-value.ts';
import { compileFit, compileFits } from '../values/fit-value.ts';
import { toClientError } from '../values/value-error.ts';

/** A field whose values are checked. */
interface ValueField {
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
}

/** The step that checks and counts the value of a field. */
export interface ValueStep extends Step<'value', unknown> {
  /** Whether a value fits the type as it is. Scalars of GraphQL that fit are also what `serialize` returns. */
  readonly fits: (value: unknown) => boolean;
}

/**
 * Creates the step that lets no error quote a value: the messages of graphql-js about values that do not fit are replaced
 * before graphql-js makes them. Its values are counted.
 */
export function createValueStep(
  { coordinate, type }: ValueField,
  compileCount: CompileCount,
): ValueStep {
  const fit = compileFit(coordinate, type, compileCount);
  const fits = compileFits(type);
  const count = compileCount(type);
  return {
    name: 'value',
    fits,
    run(value, { info }) {
      const isFitting = fits(value);
      const fitting = isFitting ? value : fit(value, info, info.path);
      return count === undefined ? fitting : count(fitting, info, isFitting);
    },
  };
}

/** Creates what throws the error for the client: messages that were not written for clients are replaced. */
export function createFail(coordinate: string, sizes: AnswerSizes): Fail {
  return (error, info) => {
    const converted = toClientError(error, coordinate, { info, path: info.path });
    throw converted instanceof AnswerTooLargeError
      ? sizes.of(info).end(converted, placeOf(info))
      : converted;
  };
}
