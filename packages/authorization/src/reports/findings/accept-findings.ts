import type { FindingName } from '../../pages/index.ts';
import type { Finding } from './finding.ts';

/** Why the owner of a schema accepts what is found at a coordinate, by coordinate. */
export type Acceptances = Readonly<Record<string, string>>;

/** Findings after the owner has accepted some. */
export interface ReviewedFindings<Name extends string> {
  /** Those that are not accepted, and a finding for each acceptance that has no effect. */
  readonly open: readonly Finding<Name | FindingName>[];
  readonly accepted: readonly AcceptedFinding<Name>[];
}

interface AcceptedFinding<Name extends string> {
  readonly finding: Finding<Name>;
  readonly reason: string;
}

/**
 * Separates findings into accepted and open ones. A finding that `fails` cannot be accepted. An acceptance without a
 * reason, or without a finding, is a finding that fails. Pure.
 */
export function acceptFindings<Name extends string>(
  findings: readonly Finding<Name>[],
  acceptances: Acceptances,
): ReviewedFindings<Name> {
  const reasonOf = ({ certainty, coordinate }: Finding<Name>): string =>
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
  name: 'accepted-without-reason',
  problem: '`accepts` gives no reason',
  advice: 'write why it is safe',
  certainty: 'fails',
} as const;

const withoutFinding = {
  name: 'accepted-without-finding',
  problem: '`accepts` has a reason for it, but nothing that can be accepted is found here',
  advice: 'remove the line',
  certainty: 'fails',
} as const;
