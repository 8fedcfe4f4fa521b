import type { ProofDemand, Requirement } from '../../requirements/requirement.ts';

/** What can still refuse an operation, or hide a part of it, that groups and input allow. */
export type OpenQuestion = 'policy' | 'place' | 'type' | 'id';

/** A coordinate, and those of its clauses that refuse the operation, or can refuse or narrow it. */
export interface VerdictCause {
  readonly coordinate: string;
  readonly clauses: Requirement;
}

/**
 * The verdict about one operation for one viewer, whatever the variables are. `refused`: with all variables. `depends`: with
 * some values of `variables`, and not with others. `allowed`: with all, as far as groups decide.
 */
export type OperationVerdict =
  | ({ readonly outcome: 'refused' } & VerdictCause)
  | ({ readonly outcome: 'depends'; readonly variables: readonly string[] } & VerdictCause)
  | ({
      readonly outcome: 'allowed';
      /** Whether rules decide which rows of its result exist. */
      readonly narrowed: boolean;
      /** What is asked besides groups: policies, the places of rows, the run-time types of values, and whether the rows that ids name exist. */
      readonly depends: readonly OpenQuestion[];
      /** The first cause of each mark. */
      readonly causes: readonly VerdictCause[];
    } & ProofDemand);

/** Prints a verdict: `refused: Query.users`, `depends: Query.users(all:) with $all`, or `allowed` with its marks. */
export function printVerdict(verdict: OperationVerdict): string {
  if (verdict.outcome === 'refused') return `refused: ${verdict.coordinate}`;
  if (verdict.outcome === 'depends') {
    const variables = verdict.variables.map((name) => `$${name}`);
    return `depends: ${verdict.coordinate} with ${variables.join(' and ')}`;
  }
  const { narrowed, maxAge, factors, depends } = verdict;
  return [
    'allowed',
    ...(narrowed ? ['narrowed'] : []),
    ...(maxAge === undefined ? [] : [`maxAge ${maxAge}`]),
    ...(factors === undefined ? [] : [`factors ${factors}`]),
    ...(depends.length === 0 ? [] : [`depends: ${depends.join(' and ')}`]),
  ].join(', ');
}

/** Returns what makes a verdict less than `allowed` alone. */
export const causesOf = (verdict: OperationVerdict): readonly VerdictCause[] =>
  verdict.outcome === 'allowed' ? verdict.causes : [verdict];

/**
 * Compares two printed verdicts: below 0 where `after` is better than `before`, above 0 where it is worse. From good to
 * bad: allowed, narrowed, with a proof of identity, dependent, refused. What is no verdict is better than all: a change
 * of it has to be reviewed.
 */
export function compareVerdicts(before: string, after: string): number {
  const old = badnessOf(before);
  const differences = badnessOf(after).map((value, index) => value - (old[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Numbers of which the first that differs decides. */
function badnessOf(text: string): readonly number[] {
  if (text.startsWith('refused: ')) return [5];
  if (/^depends: .* with \$/.test(text)) return [4];
  const [first, ...marks] = text.split(', ');
  if (first !== 'allowed') return [-1];
  const numberAfter = (word: string): number =>
    Number(marks.find((mark) => mark.startsWith(`${word} `))?.slice(word.length + 1) ?? 0);
  const depends = marks.find((mark) => mark.startsWith('depends: '))?.split(' and ') ?? [];
  const [maxAge, factors] = [numberAfter('maxAge'), numberAfter('factors')];
  const narrowed = Number(marks.includes('narrowed'));
  const demands = Number(maxAge > 0 || factors > 0);
  const kind = depends.length > 0 ? 3 : demands > 0 ? 2 : narrowed;
  // Of two ages, the shorter one asks for more.
  const haste = maxAge > 0 ? 1 / maxAge : 0;
  return [kind, depends.length, demands, factors, haste, narrowed];
}
