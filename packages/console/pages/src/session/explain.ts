import { GatehouseError } from '@graphql-gatehouse/client';
import { WebAuthnError } from '@simplewebauthn/browser';

/** Explains why a log-in or a proof failed. `wrong`: what was sent is wrong. */
export function explain(error: unknown, wrong = 'This is not right. Try again.'): string {
  if (!(error instanceof GatehouseError)) return explainOwn(error);
  if (error.reason === 'BAD_CREDENTIALS') return wrong;
  if (error.reason === 'CHALLENGE_ENDED') return 'This took too long. Begin again.';
  if (error.code === 'RATE_LIMITED') return 'Too many failed attempts. Try again later.';
  return error.message;
}

/** Explains why something failed that the server has not refused. */
export function explainOwn(error: unknown): string {
  if (error instanceof WebAuthnError && error.code === knownPasskey) {
    return 'This device or key already has a passkey of your account.';
  }
  const isOfBrowser = error instanceof WebAuthnError || error instanceof DOMException;
  if (!isOfBrowser) return 'The server cannot be reached. Try again.';
  return isCancelled(error) ? 'This was cancelled.' : `The browser rejects it: ${error.message}`;
}

const knownPasskey = 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';

/** A passkey that is not chosen in time has the same name. */
const isCancelled = ({ name }: Error | DOMException): boolean =>
  ['NotAllowedError', 'AbortError'].includes(name);
