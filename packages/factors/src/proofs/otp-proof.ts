import type { ProofKind } from 'gatehouse';
import type { Parts } from '../parts.ts';
import { advanceStep, findOtp, secretContext } from '../totp/otp.store.ts';
import { findStep, parseCode } from '../totp/totp.ts';
import { createCountedProof, type FoundProof } from './counted-proof.ts';

/** Creates the proof by a code of an authenticator app. Each time step works once. */
export const createOtpProof = (parts: Parts): ProofKind =>
  createCountedProof({
    parts,
    kind: 'otp',
    check: (userId, text) => checkOtp(parts, userId, text),
  });

async function checkOtp(
  { sql, keys, now }: Parts,
  userId: string,
  text: string,
): Promise<FoundProof> {
  const code = parseCode(text);
  if (code === undefined) return { wrong: 'no code of an app' };
  const otp = await findOtp(sql, userId);
  if (otp === undefined) return { wrong: 'code without an app' };
  if (otp.isLost) return { wrong: 'code of an app whose key was given up' };
  const secret = keys.open(otp.sealed, secretContext(userId, otp.id));
  if (secret === undefined) return { wrong: 'code of an app whose secret cannot be decrypted' };
  const at = now();
  const step = findStep({ secret }, code, at);
  if (step === undefined) return { wrong: 'code of an app' };
  return {
    factor: 'OTP',
    spend: (transaction) => advanceStep(transaction, { userId, factorId: otp.id, step, at }),
  };
}
