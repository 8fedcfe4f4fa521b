import { opennessOf } from './openness.ts';

/** What a reviewer looks for in a matrix. */
export type Finding = 'anyone' | 'every-user' | 'one-group' | 'stale-writes';

export const findings: readonly { readonly value: Finding; readonly text: string }[] = [
  { value: 'anyone', text: 'open to anyone' },
  { value: 'every-user', text: 'open to every user' },
  { value: 'one-group', text: 'open to one group alone' },
  { value: 'stale-writes', text: 'writes without a recent login' },
];

interface Row {
  readonly coordinate: string;
  readonly requirement: string;
  readonly cells: readonly string[];
}

const anonymous = 'anonymous';
const authenticated = 'authenticated';

/** Whether a row of a whole matrix belongs to a finding. */
export function isOfFinding(
  finding: Finding,
  columns: readonly string[],
  { coordinate, requirement, cells }: Row,
): boolean {
  const isReached = (column: string): boolean =>
    ['open', 'conditional'].includes(opennessOf(cells[columns.indexOf(column)] ?? ''));
  const groups = columns.filter((column) => column !== anonymous && column !== authenticated);
  switch (finding) {
    case 'anyone':
      return isReached(anonymous);
    case 'every-user':
      return isReached(authenticated) && !isReached(anonymous);
    case 'one-group':
      return !isReached(authenticated) && groups.filter(isReached).length === 1;
    case 'stale-writes':
      return (
        /^Mutation\.\w+$/.test(coordinate) &&
        requirement.startsWith('@auth') &&
        !requirement.includes('maxAge:')
      );
  }
}
