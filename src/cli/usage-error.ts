/** The command line is wrong; nothing was tried. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
