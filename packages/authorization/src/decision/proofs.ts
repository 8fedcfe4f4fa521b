import { kindsDemanded, type ProofDemand } from '../requirements/requirement.ts';

/** A means by which a viewer proves its identity. `PASSKEY_VERIFIED`: with a PIN or biometrics of the device. */
export type Factor = 'PASSWORD' | 'OTP' | 'RECOVERY_CODE' | 'PASSKEY' | 'PASSKEY_VERIFIED';

/** When each factor was last proved. Absent, invalid or in the future: never. */
export type AuthenticationTimes = Readonly<Partial<Record<Factor, Date>>>;

/** How and when a viewer proved its identity. `EACH_REQUEST`: with each request, by one kind of factor. */
export type Proofs = AuthenticationTimes | 'EACH_REQUEST' | undefined;

/**
 * Counts the kinds of factors that were proved: knowledge (`PASSWORD`) and possession (`OTP`, `RECOVERY_CODE`,
 * `PASSKEY`). `PASSKEY_VERIFIED` is possession and one more kind, which may be that of a password. Pure.
 *
 * @param maxAgeSeconds counts only what was proved at most this long ago. Absent: at any time up to `now`.
 * @returns 0, 1 or 2.
 */
export function kindsOf(times: AuthenticationTimes, now: Date, maxAgeSeconds?: number): number {
  const oldest = maxAgeSeconds === undefined ? Number.NEGATIVE_INFINITY : -maxAgeSeconds * 1000;
  const isProved = (factor: Factor): boolean => {
    const time: unknown = times[factor];
    if (!(time instanceof Date)) return false;
    // Not a number for an invalid date, and then both comparisons are false.
    const offset = time.getTime() - now.getTime();
    return offset >= oldest && offset <= 0;
  };
  if (isProved('PASSKEY_VERIFIED')) return 2;
  const isPossession = isProved('OTP') || isProved('RECOVERY_CODE') || isProved('PASSKEY');
  return Number(isProved('PASSWORD')) + Number(isPossession);
}

/** Counts the kinds of factors that a viewer has proved, like {@link kindsOf}. */
export function kindsProved(proofs: Proofs, now: Date, maxAgeSeconds?: number): number {
  if (proofs === 'EACH_REQUEST') return 1;
  return proofs ? kindsOf(proofs, now, maxAgeSeconds) : 0;
}

/** Whether a viewer has proved its identity as a clause asks: enough kinds, each recently enough. Pure. */
export const proves = (demand: ProofDemand, proofs: Proofs, now: Date): boolean =>
  kindsProved(proofs, now, demand.maxAge) >= kindsDemanded(demand);
