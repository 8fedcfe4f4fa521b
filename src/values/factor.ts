import {
  type AuthenticationTimes,
  type Factor,
  kindsOf,
} from '@graphql-gatehouse/authorization/decision';

export { type AuthenticationTimes, type Factor, kindsOf };

/** What a session can prove, in the order of the enum `Factor`. */
const factors: readonly Factor[] = [
  'PASSWORD',
  'OTP',
  'RECOVERY_CODE',
  'PASSKEY',
  'PASSKEY_VERIFIED',
];

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

/** The same for the database. */
export const storedTimes = (times: AuthenticationTimes): StoredTimes =>
  Object.fromEntries(Object.entries(times).map(([factor, at]) => [factor, at.getTime()]));

/** Returns the times of factors that were proved now. */
export const provedAt = (proved: Iterable<Factor>, at: Date): StoredTimes =>
  Object.fromEntries([...proved].map((factor) => [factor, at.getTime()]));

/** How long a proof is fresh enough to change how a user logs in. */
export const freshSeconds = 15 * 60;

/** Returns the factors that were proved lately. */
export const freshFactors = (times: AuthenticationTimes, at: Date): readonly Factor[] =>
  factorsOf(times).filter((factor) => kindsOf({ [factor]: times[factor] }, at, freshSeconds) > 0);

/** Returns the factors that have a time, each with it, in the order of the enum `Factor`. */
export const entriesOf = (times: AuthenticationTimes): readonly (readonly [Factor, Date])[] =>
  factors.flatMap((factor) => {
    const time = times[factor];
    return time === undefined ? [] : [[factor, time] as const];
  });

/** Returns the factors that have a time. */
export const factorsOf = (times: AuthenticationTimes): readonly Factor[] =>
  factors.filter((factor) => times[factor] !== undefined);
