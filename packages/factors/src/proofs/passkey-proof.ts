import type { ProofAttempt } from 'graphql-gatehouse';
import { takeAddressAttempt } from '../attempts/address-attempts.ts';
import { verifiedPasskey } from '../kinds.ts';
import { isUserHandle } from '../passkeys/ceremony-options.ts';
import type { ChallengePurpose } from '../passkeys/challenges.ts';
import { type AssertionJson, parseAssertion, readClientData } from '../passkeys/credential-json.ts';
import {
  findPasskey,
  isSpent,
  type Passkey,
  spendChallenge,
  usePasskey,
} from '../passkeys/passkey.store.ts';
import { verifyAssertion } from '../passkeys/verify-answer.ts';
import { inheritedFrom } from '../recovery/recovered.ts';
import { type CheckProof, forget } from './counted-proof.ts';

/**
 * Checks the answer of a passkey. It is counted for the address alone: no guess can be right, so that a limit for the
 * account would only lock out its owner.
 */
export const checkPasskey: CheckProof = async (parts, value, attempt) => {
  const { party, challenges, sql, now } = parts;
  await takeAddressAttempt(parts, attempt.client.ip);
  if (party === undefined) return { wrong: 'passkey, although there are none' };
  const response = typeof value === 'string' ? parseAssertion(value) : undefined;
  const challenge = response && readClientData(response.response)?.challenge;
  if (response === undefined || challenge === undefined) return { wrong: 'no answer of a passkey' };
  const purpose = purposeOf(attempt, challenge);
  const issued = purpose && challenges.find(challenge, purpose);
  if (issued === undefined) return { wrong: 'passkey with another challenge', isEnded: true };
  if (await isSpent(sql, issued)) return { wrong: 'passkey used before', isEnded: true };
  const passkey = await findPasskey(sql, response.id);
  if (passkey === undefined) return { wrong: 'unknown passkey' };
  if (!isOfUser(passkey, response, attempt)) return { wrong: 'passkey of another user' };
  const verified = await verifyAssertion({ response, credential: passkey, challenge, party });
  if (verified === undefined) return { wrong: describeRefusal(response, passkey) };
  return {
    userId: passkey.userId,
    factor: verifiedPasskey.name,
    ...inheritedFrom(passkey.recoveredAt, now()),
    async spend(transaction) {
      if (!(await spendChallenge(transaction, issued))) return false;
      return usePasskey(transaction, passkey, { ...verified, at: now() });
    },
    succeeded: () => forget(parts, passkey.userId),
  };
};

/**
 * Returns what the challenge of an answer has to be for: the log-in that it continues, or a new one. Undefined: the
 * challenge that was sent beside the answer is neither.
 */
function purposeOf(
  { userId, challenge }: ProofAttempt,
  signed: string,
): ChallengePurpose | undefined {
  if (challenge === signed) return { kind: 'log in' };
  // A session that proves itself again needs no challenge beside that of the passkey.
  if (userId === undefined) return undefined;
  return challenge === undefined ? { kind: 'log in' } : { kind: 'continue', challenge };
}

/** WebAuthn Level 3, 7.2, step 6: the passkey belongs to the user, and names it where nothing else does. */
function isOfUser(
  { userId }: Passkey,
  { response: { userHandle } }: AssertionJson,
  attempt: ProofAttempt,
): boolean {
  if (attempt.userId !== undefined && attempt.userId !== userId) return false;
  const isNamed = typeof userHandle === 'string';
  return isNamed ? isUserHandle(userHandle, userId) : attempt.userId !== undefined;
}

/** For the audit log: whether the counter alone would refuse the answer. */
function describeRefusal({ response }: AssertionJson, { counter }: Passkey): string {
  const bytes = Buffer.from(response.authenticatorData, 'base64url');
  const sent = bytes.length < 37 ? 0 : bytes.readUInt32BE(33);
  const wentBack = (sent > 0 || counter > 0) && sent <= counter;
  return wentBack ? 'passkey whose counter went back' : 'passkey whose answer is not valid';
}
