import type { Finding } from './finding.ts';

/** Why the owner of a schema accepts what is found at a coordinate, by coordinate. */
export type Acceptances = Readonly<Record<string, string>>;

/** Findings after the owner has accepted some. */
export interface ReviewedFindings {
  /** Those that are not accepted, and a finding for each acceptance that has no effect. */
  readonly open: readonly Finding[];
  readonly accepted: readonly AcceptedFinding[];
}

interface AcceptedFinding {
  readonly finding: Finding;
  readonly reason: string;
}

/**
 * Separates findings into accepted and open ones. A finding that `fails` cannot be accepted. An acceptance without a
 * reason, or without a finding, is a finding that fails. Pure.
 */
export function acceptFindings(
  findings: readonly Finding[],
  acceptances: Acceptances,
): ReviewedFindings {
  const reasonOf = ({ certainty, coordinate }: Finding): string =>
    certainty === 'fails' || !Object.hasOwn(acceptances, coordinate)
      ? ''
      : (acceptances[coordinate]?.trim() ?? '');
  const accepted = findings
    .map((finding) => ({ finding, reason: reasonOf(finding) }))
    .filter(({ reason }) => reason !== '');
  const used = new Set(accepted.map(({ finding }) => finding.coordinate));
  const problems = Object.entries(acceptances)
    .filter(([coordinate]) => !used.has(coordinate))
    .map(([coordinate, reason]) => ({
      coordinate,
      ...(reason.trim() === '' ? withoutReason : withoutFinding),
    }));
  return { open: [...findings.filter((each) => reasonOf(each) === ''), ...problems], accepted };
}

const withoutReason = {
  problem: '`accepts` gives no reason',
  advice: 'write why it is safe',
  certainty: 'fails',
} as const;

const withoutFinding = {
  problem: '`accepts` has a reason for it, but nothing that can be accepted is found here',
  advice: 'remove the line',
  certainty: 'fails',
} as const;
