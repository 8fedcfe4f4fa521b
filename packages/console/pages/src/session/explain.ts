import { GatehouseError } from '@graphql-gatehouse/client';

/** Explains why a log-in or a proof failed. `wrong`: what was sent is wrong. */
export function explain(error: unknown, wrong = 'This is not right. Try again.'): string {
  if (!(error instanceof GatehouseError)) return 'The server cannot be reached. Try again.';
  if (error.reason === 'BAD_CREDENTIALS') return wrong;
  if (error.reason === 'CHALLENGE_ENDED') return 'This took too long. Begin again.';
  if (error.code === 'RATE_LIMITED') return 'Too many failed attempts. Try again later.';
  return error.message;
}
