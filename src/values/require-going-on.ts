import { OperationEndedError } from '../errors.ts';

interface Work {
  /** Whether nothing is left to answer. Absent from contexts that no request made. */
  readonly hasEnded?: () => boolean;
}

/** Requires that something is left to answer. @throws {OperationEndedError} */
export function requireGoingOn({ hasEnded }: Work): void {
  if (hasEnded?.() === true) throw new OperationEndedError();
}
