import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** An error in the form that is sent to clients, however it is serialized. */
export class ClientFacingError extends GraphQLError {
  override readonly name = 'ClientFacingError';
  readonly formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message);
    this.formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.formatted;
  }
}
