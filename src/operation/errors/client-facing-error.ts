import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** An error in the form that is sent to clients, however it is serialized. It has no cause: Yoga masks those with one. */
export class ClientFacingError extends GraphQLError {
  override readonly name = 'ClientFacingError';
  readonly formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError, at?: GraphQLError) {
    const { nodes = null, source = null, positions = null, path = null } = at ?? {};
    const place = { nodes, source, positions, path };
    super(formatted.message, { ...place, extensions: formatted.extensions ?? null });
    this.formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.formatted;
  }
}
