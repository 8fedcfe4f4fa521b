import {
  type Clause,
  demandsProof,
  joinDemands,
  type Requirement,
} from '../requirements/requirement.ts';
import { kindsProved, proves } from './proofs.ts';
import type { AuthenticatedViewer, WithheldGroups } from './viewer.ts';

/** The refusal of a viewer whom groups and policies admit, and who has not proved its identity as clauses ask. */
export interface Unproven {
  readonly outcome: 'unproven';
  /** `FACTORS_MISSING`: some kinds were never proved. `AUTHENTICATION_TOO_OLD`: all were, but not recently enough. */
  readonly reason: 'AUTHENTICATION_TOO_OLD' | 'FACTORS_MISSING';
  /** Whether the viewer can never prove what is asked, such as a program that has one kind of factor. */
  readonly isFinal: boolean;
  /** Whether the account has no factor to prove, and has to set one up first. */
  readonly mustEnrol: boolean;
  /** The least `maxAge` of the unmet clauses, in seconds. */
  readonly maxAge?: number;
  /** The most `factors` of the unmet clauses. */
  readonly factors?: number;
}

const proofReasons: ReadonlySet<unknown> = new Set<Unproven['reason']>([
  'AUTHENTICATION_TOO_OLD',
  'FACTORS_MISSING',
]);

/** Whether the reason of a refusal is that the viewer has not proved its identity as asked. */
export const isProofReason = (reason: unknown): boolean => proofReasons.has(reason);

/** The viewer of a requirement, when it is decided. */
interface ProofQuestion {
  readonly viewer: AuthenticatedViewer;
  readonly now: Date;
  /** Present when only withheld groups meet one of the clauses. */
  readonly withheld: WithheldGroups | undefined;
}

/** Returns the clauses that ask for a proof of identity which the viewer has not given. Pure. */
export const unprovenClauses = (
  requirement: Requirement,
  { viewer, now }: Pick<ProofQuestion, 'viewer' | 'now'>,
): readonly Clause[] =>
  requirement.filter((clause) => demandsProof(clause) && !proves(clause, viewer, now));

/** Describes clauses that ask for a proof which the viewer has not given, and those that only withheld groups meet. */
export function toUnproven(
  unmet: readonly Clause[],
  { viewer, now, withheld }: ProofQuestion,
): Unproven {
  const isMissing = unmet.some(({ factors = 0 }) => kindsProved(viewer, now) < factors);
  const mustEnrol = withheld?.mustEnrol === true;
  return {
    outcome: 'unproven',
    reason: isMissing || withheld !== undefined ? 'FACTORS_MISSING' : 'AUTHENTICATION_TOO_OLD',
    isFinal: mustEnrol || viewer.authenticatedAt === 'EACH_REQUEST',
    mustEnrol,
    ...joinDemands(withheld === undefined ? unmet : [...unmet, { factors: withheld.factors }]),
  };
}
