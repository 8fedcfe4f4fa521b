import { GraphQLError } from 'graphql';

/** What there is too much of: values or characters of text in an answer, or rows that one read returns. */
export type AnswerMeasure = 'ANSWER_VALUES' | 'ANSWER_CHARACTERS' | 'ROWS';

/** The limit that was exceeded, and where. */
interface ExceededLimit {
  readonly reason: AnswerMeasure;
  readonly limit: number;
  /** Where it was exceeded. Undefined: the executor adds the path. */
  readonly path?: readonly (string | number)[] | undefined;
}

/** The answer of an operation would be too large. A query is answered with 400. A mutation has taken effect. */
export class AnswerTooLargeError extends GraphQLError {
  override readonly name = 'AnswerTooLargeError';
  readonly exceeded: ExceededLimit;

  constructor(exceeded: ExceededLimit) {
    const { reason, limit, path } = exceeded;
    const thing = reason.toLowerCase().replaceAll('_', ' ');
    super(`The answer is too large: the limit for ${thing} is ${limit}.`, {
      extensions: { code: 'OPERATION_TOO_COMPLEX', reason, limit },
      ...(path === undefined ? {} : { path }),
    });
    this.exceeded = exceeded;
  }
}

/** Returns the {@link AnswerTooLargeError} that an error is, or that the executor has put it around. */
export function tooLargeIn(error: unknown): AnswerTooLargeError | undefined {
  if (error instanceof AnswerTooLargeError) return error;
  return error instanceof GraphQLError && error.originalError !== undefined
    ? tooLargeIn(error.originalError)
    : undefined;
}
