import { CombinedGraphQLErrors } from '@apollo/client/errors';

/** Whether a subscription has ended because events may be missing. */
export const isEventsLost = (error: unknown): boolean =>
  CombinedGraphQLErrors.is(error) &&
  error.errors.some(({ extensions }) => extensions?.code === 'EVENTS_LOST');
