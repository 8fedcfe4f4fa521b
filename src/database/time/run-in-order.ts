/**
 * Runs steps one after another. A failed step does not prevent the next ones, so a shutdown closes everything.
 *
 * @throws the error of the failed step, or an {AggregateError} if several failed.
 */
export async function runInOrder(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'Several parts could not be stopped.');
}
