import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { type ExecutionResult, GraphQLError } from 'graphql';

/** An error as the client is told of it, whatever serializes it. */
export class ToldError extends GraphQLError {
  override readonly name = 'ToldError';
  readonly told: GraphQLFormattedError;

  constructor(told: GraphQLFormattedError) {
    super(told.message);
    this.told = told;
  }

  override toJSON(): GraphQLFormattedError {
    return this.told;
  }
}

/** A result that is ready to be sent, for those who serialize the errors of results themselves. */
export const toToldResult = ({ errors, ...rest }: FormattedExecutionResult): ExecutionResult => ({
  ...rest,
  ...(errors === undefined ? {} : { errors: errors.map((error) => new ToldError(error)) }),
});
