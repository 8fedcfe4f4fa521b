/** A command printed what it could, and does not know the rest. Exit code 2. */
export class IncompleteAnswerError extends Error {
  override readonly name = 'IncompleteAnswerError';
}
