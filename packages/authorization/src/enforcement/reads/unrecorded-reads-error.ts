import type { GraphQLErrorOptions } from 'graphql';
import { GraphQLError } from 'graphql';

/** The place of the error, and why `onDelivered` rejected. */
interface UnrecordedReadsErrorOptions extends Pick<GraphQLErrorOptions, 'nodes' | 'path'> {
  readonly code?: 'SERVICE_UNAVAILABLE' | 'EVENTS_LOST';
  readonly cause: unknown;
}

/**
 * Values with `@audited` were not delivered, because the read could not be recorded. `finish` throws it with the code
 * `EVENTS_LOST` for an event of a subscription, which must end. The `cause` is for logs. It is no `originalError`, because
 * of which GraphQL Yoga would replace the error.
 */
export class UnrecordedReadsError extends GraphQLError {
  override readonly name = 'UnrecordedReadsError';

  override readonly cause: unknown;

  constructor({ code = 'SERVICE_UNAVAILABLE', cause, ...place }: UnrecordedReadsErrorOptions) {
    const message = 'The read of this data could not be recorded. Try again later.';
    super(message, { ...place, extensions: { code } });
    this.cause = cause;
  }
}
