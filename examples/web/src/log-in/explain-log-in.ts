import { GatehouseError } from '@graphql-gatehouse/client';

/** Explains why a log-in failed, by the error's code and reason. `wrong`: what the user sent is wrong. */
export function explainLogIn(error: unknown, wrong = 'This is not right. Try again.'): string {
  if (!(error instanceof GatehouseError)) return 'The server cannot be reached. Try again.';
  if (error.reason === 'BAD_CREDENTIALS') return wrong;
  if (error.reason === 'CHALLENGE_ENDED') return 'This took too long. Log in again.';
  if (error.code === 'RATE_LIMITED') return 'Too many failed attempts. Try again later.';
  if (error.code === 'SERVICE_UNAVAILABLE') return 'The server is busy. Try again in a moment.';
  return error.message;
}
