/** How far something is open to a viewer. `conditional`: data, a proof of identity or a variable decides. */
export type Openness = 'open' | 'conditional' | 'closed' | 'inherited';

/** Reads a cell of the access matrix. */
export function opennessOfAccess(access: string): Openness {
  if (access === '') return 'inherited';
  if (access === 'no') return 'closed';
  return access === 'yes' || access === 'all' ? 'open' : 'conditional';
}

/** Reads what a viewer gets for an operation. */
export function opennessOfVerdict(verdict: string): Openness {
  if (verdict.startsWith('refused: ')) return 'closed';
  return verdict === 'allowed' ? 'open' : 'conditional';
}

const badness: Readonly<Record<Openness, number>> = {
  open: 0,
  inherited: 0,
  conditional: 1,
  closed: 2,
};

/** Returns how bad some verdicts are together: what most kinds of viewers are refused comes first in a list. */
const badnessOf = (verdicts: readonly string[]): readonly [number, number] => [
  verdicts.reduce((sum, verdict) => sum + badness[opennessOfVerdict(verdict)], 0),
  // Of two on conditions, the one with more of them.
  verdicts.reduce((sum, verdict) => sum + verdict.split(', ').length, 0),
];

/** Compares verdicts, those of the worse ones first. */
export function compareVerdicts(left: readonly string[], right: readonly string[]): number {
  const [a, b] = [badnessOf(left), badnessOf(right)];
  return b[0] - a[0] || b[1] - a[1];
}
