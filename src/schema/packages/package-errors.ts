import {
  BadUserInputError,
  ClientError,
  NotFoundError,
  RateLimitedError,
  ReadNotRecordedError,
  UnauthenticatedError,
} from '../../errors.ts';

/** Creates errors for clients. Packages load nothing of Gatehouse, so that they cannot throw its classes. */
export interface PackageErrors {
  /** BAD_USER_INPUT: an argument has an invalid value. */
  badInput(argument: string, message: string): Error;
  /** NOT_FOUND: a record, which an argument names, does not exist. */
  notFound(argument: string): Error;
  /** CONFLICT: the state of the data forbids the operation. `reason` is for programs, such as `LAST_FACTOR`. */
  conflict(reason: string, message: string): Error;
  /** RATE_LIMITED: too many attempts failed. */
  rateLimited(seconds: number): Error;
  /** SERVICE_UNAVAILABLE: what the operation needs outside of this server does not answer. `reason` is for programs. */
  unavailable(reason: string, message: string): Error;
  /** SERVICE_UNAVAILABLE, reason READ_NOT_RECORDED: what an answer holds could not be recorded. The package has logged why. */
  readNotRecorded(): Error;
  /** UNAUTHENTICATED, reason CHALLENGE_ENDED: the log-in of a challenge has ended. */
  challengeEnded(): Error;
}

export const packageErrors: PackageErrors = {
  badInput: (argument, message) => new BadUserInputError(argument, message),
  notFound: (argument) => new NotFoundError(argument),
  conflict: (reason, message) => new ClientError('CONFLICT', message, { facts: { reason } }),
  unavailable: (reason, message) =>
    new ClientError('SERVICE_UNAVAILABLE', message, { facts: { reason } }),
  rateLimited: (seconds) => new RateLimitedError(seconds),
  readNotRecorded: () => new ReadNotRecordedError(),
  challengeEnded: () =>
    new UnauthenticatedError('CHALLENGE_ENDED', 'This login has ended. Log in again.'),
};
