import type { ProofAttempt, RightProof, WrongProof } from 'graphql-gatehouse';
import {
  clearCodeAttempts,
  type GuessedKind,
  giveBackCodeAttempt,
  takeCodeAttempt,
} from '../attempts/code-attempts.ts';
import type { Parts } from '../parts.ts';

export type CheckProof = (
  parts: Parts,
  value: unknown,
  attempt: ProofAttempt,
) => Promise<RightProof | WrongProof>;

/** Checks the text of a code for an account. */
type CheckCode = (
  parts: Parts,
  userId: string,
  text: string,
) => Promise<Pick<RightProof, 'factor' | 'inherits' | 'notice' | 'spend'> | WrongProof>;

/**
 * Makes the check of a code that could be guessed. Each attempt is counted for the account before it is checked, so that
 * no crash and no concurrency makes more of them. It continues what a right password began, and begins nothing itself.
 */
export const counted =
  (kind: GuessedKind, check: CheckCode): CheckProof =>
  async (parts, value, { userId, challenge }) => {
    if (userId === undefined) return { wrong: `${words[kind]} without an account` };
    // Not counted: a session could otherwise use up the attempts of its owner, or guess, without a right password.
    if (challenge === undefined) return { wrong: `${words[kind]} before the password` };
    if (!(await takeCodeAttempt(parts, userId, kind))) {
      return { wrong: 'too many wrong codes in a row' };
    }
    if (typeof value !== 'string') return { wrong: `no ${words[kind]}` };
    const found = await check(parts, userId, value);
    if ('wrong' in found) return found;
    return Object.assign({ userId }, found, {
      succeeded: () => forget(parts, userId),
      failed: () => void giveBack(parts, userId, kind),
    });
  };

const words = { otp: 'code of an app', recoveryCode: 'recovery code' } as const;

/** Forgets the attempts of an account after a right proof. Never rejects: they end with their window. */
export const forget = ({ sql, log }: Parts, userId: string): Promise<void> =>
  clearCodeAttempts(sql, userId).catch((err: unknown) =>
    log.warn({ err }, 'attempts with codes still count after a right one'),
  );

const giveBack = ({ sql, log }: Parts, userId: string, kind: GuessedKind) =>
  giveBackCodeAttempt(sql, userId, kind).catch((err: unknown) =>
    log.warn({ err }, 'an attempt with a right code counts as wrong'),
  );
