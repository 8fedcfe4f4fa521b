import type { HealthQuery } from '../generated/graphql.ts';

export type Check = HealthQuery['consoleHealth']['checks'][number];

/** The results of checks, the worst first. */
export const states = {
  PROBLEM: { text: 'Problem', kind: 'bad' },
  WARNING: { text: 'Warning', kind: 'warn' },
  NOTE: { text: 'Note', kind: 'quiet' },
  OK: { text: 'OK', kind: 'good' },
} as const satisfies Record<Check['state'], unknown>;

interface Finding extends Check {
  readonly state: 'PROBLEM' | 'WARNING';
}

/** Returns the checks that have found what should be changed. */
export const findingsOf = (checks: readonly Check[]): readonly Finding[] =>
  checks.filter(
    (check): check is Finding => check.state === 'PROBLEM' || check.state === 'WARNING',
  );
