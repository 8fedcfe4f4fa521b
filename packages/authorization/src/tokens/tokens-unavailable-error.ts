import { GraphQLError } from 'graphql';

/**
 * The keys that verify tokens cannot be read, so the viewer is unknown. Hosts that read `extensions.http`, such as
 * Apollo Server and GraphQL Yoga, answer with 503.
 */
export class TokensUnavailableError extends GraphQLError {
  override readonly name = 'TokensUnavailableError';
  // Not `originalError`: GraphQL Yoga masks errors that have one.
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super('Tokens cannot be verified at the moment: try again later.', {
      extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503 } },
    });
    this.cause = cause;
  }
}
