/** The database, or the network before it, says nothing. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** Node's code for it, so that it passes for what it is. */
  readonly code = 'ETIMEDOUT';

  constructor(waitedMs: number) {
    super(`The database has not responded for ${Math.round(waitedMs)} ms.`);
  }
}
