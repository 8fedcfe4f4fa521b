/** The command was put together wrongly: nothing was tried. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
