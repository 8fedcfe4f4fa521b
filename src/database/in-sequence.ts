/**
 * Does one thing after the other, each whether those before it have failed or not: what ends a program
 * leaves nothing open.
 *
 * @throws {AggregateError} of what they threw, or that error itself when it is alone.
 */
export async function inSequence(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
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
