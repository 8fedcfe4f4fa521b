/** What a session can prove, in the order of the enum `Factor`. */
export const factors = ['PASSWORD', 'OTP', 'RECOVERY_CODE', 'PASSKEY', 'PASSKEY_VERIFIED'] as const;

export type Factor = (typeof factors)[number];

/** When each factor was last proved. Absent: never. */
export type AuthenticationTimes = Readonly<Partial<Record<Factor, Date>>>;

/** The same as the database stores it: milliseconds since 1970 by factor. */
export type StoredTimes = Readonly<Record<string, number>>;

/** Reads what the database has stored. What is no time of a factor is left out. */
export function readTimes(stored: unknown): AuthenticationTimes {
  const values: Readonly<Record<string, unknown>> = Object(stored);
  const known = factors.flatMap((factor) => {
    const ms = values[factor];
    return typeof ms === 'number' ? [[factor, new Date(ms)] as const] : [];
  });
  return Object.fromEntries(known);
}

/** Returns the times of factors that were proved now. */
export const provedAt = (proved: Iterable<Factor>, at: Date): StoredTimes =>
  Object.fromEntries([...proved].map((factor) => [factor, at.getTime()]));

/**
 * Returns how many kinds of factors were proved since a time: 0, 1 or 2. A password is knowledge, the others are
 * possession; a passkey that has verified its user is both (NIST SP 800-63B-4, 2.2).
 */
export function kindsOf(times: AuthenticationTimes, since = new Date(0)): number {
  const isProved = (factor: Factor): boolean => (times[factor] ?? new Date(0)) > since;
  if (isProved('PASSKEY_VERIFIED')) return 2;
  const possession = (['OTP', 'RECOVERY_CODE', 'PASSKEY'] as const).some(isProved);
  return Number(isProved('PASSWORD')) + Number(possession);
}

/** Returns the factors that have a time. */
export const factorsOf = (times: AuthenticationTimes): readonly Factor[] =>
  factors.filter((factor) => times[factor] !== undefined);
