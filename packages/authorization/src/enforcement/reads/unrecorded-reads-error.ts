import type { GraphQLErrorOptions } from 'graphql';
import { GraphQLError } from 'graphql';

/** The place of the error, and why `onDelivered` rejected. */
interface UnrecordedReadsErrorOptions extends Pick<GraphQLErrorOptions, 'nodes' | 'path'> {
  readonly code?: 'SERVICE_UNAVAILABLE' | 'EVENTS_LOST';
  readonly cause: unknown;
}

/**
 * Values with `@audited` were not delivered, because the read could not be recorded. `finish` throws it with the code
 * `EVENTS_LOST` for an event of a subscription, which must end. The `originalError` is for logs.
 */
export class UnrecordedReadsError extends GraphQLError {
  override readonly name = 'UnrecordedReadsError';

  constructor({ code = 'SERVICE_UNAVAILABLE', cause, ...place }: UnrecordedReadsErrorOptions) {
    const originalError =
      cause instanceof Error ? cause : new Error('A read was not recorded.', { cause });
    super('The read of this data could not be recorded. Try again later.', {
      ...place,
      originalError,
      extensions: { code },
    });
  }
}
