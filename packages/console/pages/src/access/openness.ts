/** How far something is open to a viewer. `conditional`: data, a proof of identity or a variable decides. */
export type Openness = 'open' | 'conditional' | 'closed' | 'inherited';

/** Reads a cell of the access matrix, or what a viewer gets for an operation. */
export function opennessOf(text: string): Openness {
  if (text === '') return 'inherited';
  if (text === 'no' || text.startsWith('refused: ')) return 'closed';
  return ['yes', 'all', 'allowed'].includes(text) ? 'open' : 'conditional';
}

/** Returns how bad a verdict is: allowed, narrowed, with a proof of identity, dependent on data, on variables, refused. */
function badnessOf(verdict: string): number {
  if (verdict.startsWith('refused: ')) return 5;
  if (verdict.startsWith('depends: ')) return 4;
  if (verdict.includes(', depends: ')) return 3;
  if (/, (?:maxAge|factors) /.test(verdict)) return 2;
  return verdict === 'allowed' ? 0 : 1;
}

const sumOf = (verdicts: readonly string[]): number =>
  verdicts.reduce((sum, verdict) => sum + badnessOf(verdict), 0);

/** Compares what two operations get: what is worst for most kinds of viewers comes first in a list. */
export const compareVerdicts = (left: readonly string[], right: readonly string[]): number =>
  sumOf(right) - sumOf(left);
