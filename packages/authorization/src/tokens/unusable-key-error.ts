/**
 * The issuer publishes a key that cannot verify its tokens safely. `TOKEN_INVALID` is the viewer's reason; this is its
 * cause, for logs: the issuer has to replace the key.
 */
export class UnusableKeyError extends Error {
  override readonly name = 'UnusableKeyError';

  constructor(kid: string | undefined, problem: string, options?: ErrorOptions) {
    super(`The issuer's key ${JSON.stringify(kid ?? null)} cannot be used: ${problem}.`, options);
  }
}
