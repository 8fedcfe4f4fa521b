import { kindsDemanded, type ProofDemand } from '../requirements/requirement.ts';

/** A means by which a viewer proves its identity. `PASSKEY_VERIFIED`: with a PIN or biometrics of the device. */
export type Factor = 'PASSWORD' | 'OTP' | 'RECOVERY_CODE' | 'PASSKEY' | 'PASSKEY_VERIFIED';

/** When each factor was last proved. Absent, invalid or in the future: never. */
export type AuthenticationTimes = Readonly<Partial<Record<Factor, Date>>>;

/** How and when a viewer proved its identity. `EACH_REQUEST`: with each request, by one kind of factor. */
export type Proofs = AuthenticationTimes | 'EACH_REQUEST' | undefined;

/** The kinds of each factor, as bits: knowledge is 1, possession is 2. One of another kind stands for knowledge. */
const kinds: Readonly<Record<string, number>> = {
  PASSWORD: 1,
  OTP: 2,
  RECOVERY_CODE: 2,
  PASSKEY: 2,
  PASSKEY_VERIFIED: 3,
} satisfies Record<Factor, number>;

/**
 * Counts the kinds of factors that were proved: knowledge (`PASSWORD`) and possession (`OTP`, `RECOVERY_CODE`,
 * `PASSKEY`). `PASSKEY_VERIFIED` is possession and one more kind, which may be that of a password. Pure.
 *
 * @param maxAgeSeconds counts only what was proved at most this long ago. Absent: at any time up to `now`.
 * @returns 0, 1 or 2.
 */
export function kindsOf(times: AuthenticationTimes, now: Date, maxAgeSeconds?: number): number {
  let proved = 0;
  for (const [factor, time] of Object.entries(times)) {
    // Not a number for an invalid date, and then both comparisons are false.
    const age = time instanceof Date ? (now.getTime() - time.getTime()) / 1000 : -1;
    if (age >= 0 && age <= (maxAgeSeconds ?? age)) proved |= kinds[factor] ?? 0;
  }
  return (proved & 1) + (proved >> 1);
}

/** Counts the kinds of factors that a viewer has proved, like {@link kindsOf}. */
export const kindsProved = (proofs: Proofs, now: Date, maxAgeSeconds?: number): number =>
  proofs === 'EACH_REQUEST' ? 1 : kindsOf(proofs ?? {}, now, maxAgeSeconds);

/** Whether a viewer has proved its identity as a clause asks: enough kinds, each recently enough. Pure. */
export const proves = (demand: ProofDemand, proofs: Proofs, now: Date): boolean =>
  kindsProved(proofs, now, demand.maxAge) >= kindsDemanded(demand);
