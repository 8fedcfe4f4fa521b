import { kindsDemanded, type ProofDemand } from '../requirements/requirement.ts';

/** What each kind proves, by name, as bits: knowledge is 1, possession is 2. One more kind stands for knowledge. */
export type FactorKinds = ReadonlyMap<string, number>;

/** The kinds that count where a viewer has none of its own, such as those of a token that another issuer has signed. */
const standardKinds: FactorKinds = new Map([
  ['PASSWORD', 1],
  ['OTP', 2],
  ['RECOVERY_CODE', 2],
  ['PASSKEY', 2],
  ['PASSKEY_VERIFIED', 3],
]);

/** When each factor was last proved, by the name of its kind. Absent, invalid or in the future: never. */
export type AuthenticationTimes = Readonly<Partial<Record<string, Date>>>;

/** How and when a viewer proved its identity. `EACH_REQUEST`: with each request, by one kind of factor. */
export type Proofs = AuthenticationTimes | 'EACH_REQUEST' | undefined;

/** A viewer, as far as its proofs count. */
export interface Prover {
  readonly authenticatedAt?: AuthenticationTimes | 'EACH_REQUEST';
  readonly factorKinds?: FactorKinds;
}

export interface KindsOptions {
  /** Counts only what was proved at most this long ago. Absent: at any time up to `now`. */
  readonly maxAgeSeconds?: number | undefined;
  /** What counts: a factor whose kind is not among them proves nothing. Default: the standard kinds. */
  readonly kinds?: FactorKinds | undefined;
}

/** Counts the kinds of factors that were proved, knowledge and possession: 0, 1 or 2. Pure. */
export function kindsOf(
  times: AuthenticationTimes,
  now: Date,
  { maxAgeSeconds, kinds = standardKinds }: KindsOptions = {},
): number {
  let proved = 0;
  for (const [factor, time] of Object.entries(times)) {
    // Not a number for an invalid date, and then both comparisons are false.
    const age = time instanceof Date ? (now.getTime() - time.getTime()) / 1000 : -1;
    if (age >= 0 && age <= (maxAgeSeconds ?? age)) proved |= kinds.get(factor) ?? 0;
  }
  return (proved & 1) + ((proved >> 1) & 1);
}

/** Counts the kinds of factors that a viewer has proved, like {@link kindsOf}. */
export const kindsProved = (
  { authenticatedAt = {}, factorKinds: kinds }: Prover,
  now: Date,
  maxAgeSeconds?: number,
): number =>
  authenticatedAt === 'EACH_REQUEST' ? 1 : kindsOf(authenticatedAt, now, { maxAgeSeconds, kinds });

/** Whether a viewer has proved its identity as a clause asks: enough kinds, each recently enough. Pure. */
export const proves = (demand: ProofDemand, viewer: Prover, now: Date): boolean =>
  kindsProved(viewer, now, demand.maxAge) >= kindsDemanded(demand);
