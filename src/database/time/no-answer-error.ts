/** The database did not respond in time. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** The code of Node.js for a timeout, which other code checks for. */
  readonly code = 'ETIMEDOUT';

  constructor(waitedMs: number) {
    super(`The database has not responded for ${Math.round(waitedMs)} ms.`);
  }
}
