import { UnauthenticatedError } from '../../src/errors.ts';

/** The UnauthenticatedError that `act` throws. Any other outcome is an error of the test. */
export function refusalOf(act: () => unknown): UnauthenticatedError {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    if (error instanceof UnauthenticatedError) return error;
    throw error;
  }
  throw new Error(`Not refused, but gave ${JSON.stringify(result)}.`);
}
