import { takeAddressAttempt } from '../attempts/address-attempts.ts';
import type { Parts } from '../parts.ts';
import { authenticationOptions } from '../passkeys/ceremony-options.ts';
import { listPasskeyNames } from '../passkeys/passkey.store.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import type { FactorsContext } from './context.ts';

/** Returns who passkeys belong to. @throws CONFLICT, PASSKEYS_OFF. */
export function requireParty({ party, errors }: Parts): RelyingParty {
  if (party !== undefined) return party;
  throw errors.conflict('PASSKEYS_OFF', 'This server has no passkeys. See PASSKEY_RP_ID.');
}

/** The options with which a browser asks for a passkey, as JSON, and the challenge to send with the answer. */
interface PasskeyOptions {
  readonly options: string;
  readonly challenge: string;
}

/**
 * Begins a log-in by a passkey, or continues the log-in of a challenge. Without one, the user chooses a passkey. Stores
 * nothing.
 */
export async function beginPasskeyLogin(
  parts: Parts,
  { challenge: continued = null }: { readonly challenge?: string | null },
  context: FactorsContext,
): Promise<PasskeyOptions> {
  await takeAddressAttempt(parts, context.client.ip);
  if (continued === null) {
    const party = requireParty(parts);
    const challenge = parts.challenges.issue({ kind: 'log in' });
    return {
      options: await authenticationOptions({ party, challenge, passkeys: [] }),
      challenge,
    };
  }
  const userId = await parts.accounts.ofChallenge(continued, context);
  if (userId === undefined) throw parts.errors.challengeEnded();
  const party = requireParty(parts);
  const challenge = parts.challenges.issue({ kind: 'continue', challenge: continued });
  const passkeys = await listPasskeyNames(parts.sql, userId);
  return {
    options: await authenticationOptions({ party, challenge, passkeys }),
    challenge: continued,
  };
}
