/** Returns the message of a driver's error. The messages of several attempts are joined. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeError).join('; ');
  return error instanceof Error ? error.message : 'unknown error';
}
