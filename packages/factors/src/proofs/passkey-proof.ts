import type { ProofAttempt, ProofKind, RightProof, WrongProof } from 'graphql-gatehouse';
import { takeAddressAttempt } from '../attempts/address-attempts.ts';
import { verifiedPasskey } from '../kinds.ts';
import type { Parts } from '../parts.ts';
import { isUserHandle } from '../passkeys/ceremony-options.ts';
import type { ChallengePurpose, IssuedChallenge } from '../passkeys/challenges.ts';
import { type AssertionJson, parseAssertion, readClientData } from '../passkeys/credential-json.ts';
import {
  findPasskey,
  isSpent,
  type Passkey,
  spendChallenge,
  usePasskey,
} from '../passkeys/passkey.store.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import { type VerifiedAssertion, verifyAssertion } from '../passkeys/verify-assertion.ts';
import { inheritedFrom } from '../recovery/recovered.ts';
import { forget } from './counted-proof.ts';

/**
 * Creates the proof by a passkey. It is counted for the address alone: no guess can be right, so that a limit for the
 * account would only lock out its owner.
 */
export const createPasskeyProof = (parts: Parts): ProofKind => ({
  async check(value, attempt) {
    await takeAddressAttempt(parts, attempt.client.ip);
    const response = typeof value === 'string' ? parseAssertion(value) : undefined;
    if (parts.party === undefined) return { wrong: 'passkey, although there are none' };
    if (response === undefined) return { wrong: 'no answer of a passkey' };
    return checkAnswer(parts, parts.party, { response, attempt });
  },
});

interface Answered {
  readonly response: AssertionJson;
  readonly attempt: ProofAttempt;
}

async function checkAnswer(
  parts: Parts,
  party: RelyingParty,
  { response, attempt }: Answered,
): Promise<RightProof | WrongProof> {
  const challenge = readClientData(response.response)?.challenge;
  if (challenge === undefined) return { wrong: 'no answer of a passkey' };
  const purpose = purposeOf(attempt, challenge);
  const issued = purpose && parts.challenges.find(challenge, purpose);
  if (issued === undefined) return { wrong: 'passkey with another challenge', isEnded: true };
  if (await isSpent(parts.sql, issued)) return { wrong: 'passkey used before', isEnded: true };
  const passkey = await findPasskey(parts.sql, response.id);
  if (passkey === undefined) return { wrong: 'unknown passkey' };
  if (!isOfUser(passkey, response, attempt)) return { wrong: 'passkey of another user' };
  const verified = await verifyAssertion({ response, credential: passkey, challenge, party });
  if (verified === undefined) return { wrong: describeRefusal(response, passkey) };
  return toProof(parts, { passkey, issued, verified });
}

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

interface RightAnswer {
  readonly passkey: Passkey;
  readonly issued: IssuedChallenge;
  readonly verified: VerifiedAssertion;
}

const toProof = (parts: Parts, { passkey, issued, verified }: RightAnswer): RightProof => ({
  userId: passkey.userId,
  factor: verifiedPasskey.name,
  ...inheritedFrom(passkey.recoveredAt, parts.now()),
  async spend(transaction) {
    if (!(await spendChallenge(transaction, issued))) return false;
    const { counter, isBackedUp } = verified;
    return usePasskey(transaction, { passkey, counter, isBackedUp, at: parts.now() });
  },
  succeeded: () => forget(parts, passkey.userId),
});
