import { GatehouseError } from '@gatehouse/client';

/** Explains why a log-in failed, by the error's code and reason. */
export function explainLogIn(error: unknown): string {
  if (!(error instanceof GatehouseError)) return 'The server cannot be reached. Try again.';
  if (error.reason === 'BAD_CREDENTIALS') return 'The user name or the password is wrong.';
  if (error.code === 'RATE_LIMITED') return 'Too many failed attempts. Try again later.';
  if (error.code === 'SERVICE_UNAVAILABLE') return 'The server is busy. Try again in a moment.';
  return error.message;
}
