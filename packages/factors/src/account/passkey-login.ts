import { takeAddressAttempt } from '../attempts/address-attempts.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { authenticationOptions } from '../passkeys/ceremony-options.ts';
import { listPasskeyNames } from '../passkeys/passkey.store.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';

/** Returns who passkeys belong to. @throws CONFLICT, PASSKEYS_OFF. */
export function requireParty({ party, errors }: Parts): RelyingParty {
  if (party !== undefined) return party;
  throw errors.conflict('PASSKEYS_OFF', 'This server has no passkeys. See PASSKEY_RP_ID.');
}

export const passkeyQueries = {
  /**
   * Begins a log-in by a passkey, or continues the log-in of a challenge. Without one, the user chooses a passkey. Stores
   * nothing.
   */
  async passkeyOptions(parts, { challenge: continued }, context) {
    const { accounts, challenges, errors, sql } = parts;
    await takeAddressAttempt(parts, context.client.ip);
    const begins = continued === null || continued === undefined;
    const userId = begins ? undefined : await accounts.ofChallenge(continued, context);
    if (!begins && userId === undefined) throw errors.challengeEnded();
    const party = requireParty(parts);
    const challenge = challenges.issue(
      begins ? { kind: 'log in' } : { kind: 'continue', challenge: continued },
    );
    const passkeys = userId === undefined ? [] : await listPasskeyNames(sql, userId);
    const options = await authenticationOptions({ party, challenge, passkeys });
    return { options, challenge: continued ?? challenge };
  },
} satisfies QueryResolvers;
