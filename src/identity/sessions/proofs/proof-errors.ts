import { UnauthenticatedError } from '../../../errors.ts';
import type { DueFactors } from './prove.store.ts';

/** The password was right, and one of `factors` is due. The challenge is for the client alone. */
export const factorRequired = ({ challenge, factors, expiresAt }: DueFactors) =>
  new UnauthenticatedError(
    'FACTOR_REQUIRED',
    'Another factor is required. Send its proof with this challenge.',
    { facts: { challenge, factors, expiresAt: expiresAt.toISOString() } },
  );

export const challengeEnded = () =>
  new UnauthenticatedError('CHALLENGE_ENDED', 'This login has ended. Log in again.');

/** The same for every wrong proof: the audit log says why. */
export const wrongProof = () =>
  new UnauthenticatedError('BAD_CREDENTIALS', 'The proof is not right.');
