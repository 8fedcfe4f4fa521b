import type { ProofKind } from 'graphql-gatehouse';
import { otp } from '../kinds.ts';
import type { Parts } from '../parts.ts';
import { inheritedFrom } from '../recovery/recovered.ts';
import { advanceStep, listApps, secretContext } from '../totp/otp.store.ts';
import { findStep, parseCode } from '../totp/totp.ts';
import { createCountedProof, type FoundProof } from './counted-proof.ts';

/** Creates the proof by a code of an authenticator app. Each time step works once. */
export const createOtpProof = (parts: Parts): ProofKind =>
  createCountedProof({
    parts,
    kind: 'otp',
    check: (userId, text) => checkOtp(parts, userId, text),
  });

async function checkOtp(parts: Parts, userId: string, text: string): Promise<FoundProof> {
  const code = parseCode(text);
  if (code === undefined) return { wrong: 'no code of an app' };
  const apps = await listApps(parts.sql, userId);
  if (apps.length === 0) return { wrong: 'code without an app' };
  const usable = apps.filter(({ isLost }) => !isLost);
  if (usable.length === 0) return { wrong: 'code of an app whose key was given up' };
  const at = parts.now();
  for (const app of usable) {
    const { id: factorId, recoveredAt } = app;
    const secret = parts.keys.open(app, secretContext(userId, factorId));
    const step = secret && findStep({ secret }, code, at);
    if (step !== undefined) {
      return {
        factor: otp.name,
        ...inheritedFrom(recoveredAt, at),
        spend: (transaction) => advanceStep(transaction, { userId, factorId, step, at }),
      };
    }
  }
  return { wrong: 'code of an app' };
}
