import type { ExplainedCoordinate, Explanation, Verdict } from './explain.ts';
import { printDemand, printPolicies, printRequirement } from './print-requirement.ts';

/** Prints an explanation as lines of text: a table of coordinates, then the verdict. */
export function printExplanation(explanation: Explanation): readonly string[] {
  const { coordinates, verdict, proof } = explanation;
  const rows: readonly Row[] = [
    ['path', 'coordinate', 'requirement', 'decision'],
    ...coordinates.map(
      (each): Row => [
        each.path.join('.'),
        each.coordinate,
        each.requirement.length === 0 ? '-' : printRequirement(each.requirement),
        [describeDecision(each), ...(isDenied(each) ? [] : printDemand(each.proof))].join(', '),
      ],
    ),
  ];
  const demand = verdict === 401 || verdict === 403 ? [] : printDemand(proof);
  const proofLine = demand.length === 0 ? [] : [`Proof of identity: ${demand.join(', ')}.`];
  return [...toTable(rows), '', `Verdict: ${verdictTexts[verdict]}`, ...proofLine];
}

const isDenied = ({ decision: { outcome } }: ExplainedCoordinate): boolean =>
  outcome === 'unauthenticated' || outcome === 'forbidden';

const verdictTexts: Readonly<Record<Verdict, string>> = {
  runs: 'the operation would run.',
  narrowed: 'the operation would run, and return only the rows that the policies above admit.',
  401: 'the whole operation would be denied with 401: log in.',
  403: 'the whole operation would be denied with 403.',
  depends: 'the groups do not deny it; it depends on the conditional decisions above.',
};

function describeDecision(explained: ExplainedCoordinate): string {
  const { decision, depends, dependsOn, decided } = explained;
  if (decision.outcome === 'allowed') return 'allowed';
  const condition = dependsOn.length === 0 ? '' : `if the type is ${dependsOn.join(' > ')}: `;
  if (decision.outcome === 'unauthenticated') return `${condition}denied, not logged in`;
  if (decision.outcome === 'forbidden') {
    return `${condition}denied by ${printRequirement(decision.unmet)}`;
  }
  if (decision.outcome === 'narrowed') {
    const rows = printPolicies(decision.clauses.map((clause) => clause.rows));
    return `${condition}narrowed to rows of ${rows}${depends ? ', and denied if its row is hidden' : ''}`;
  }
  const policies = printPolicies(decision.clauses.map((clause) => clause.or));
  const time = decided === 'before' ? 'before it runs' : 'while it runs';
  return `${condition}depends on ${policies}, evaluated ${time}`;
}

type Row = readonly [path: string, coordinate: string, requirement: string, decision: string];

function toTable(rows: readonly Row[]): readonly string[] {
  const widthOf = (column: 0 | 1 | 2) => Math.max(...rows.map((row) => row[column].length));
  const [first, second, third] = [widthOf(0), widthOf(1), widthOf(2)];
  return rows.map(([path, coordinate, requirement, decision]) =>
    [path.padEnd(first), coordinate.padEnd(second), requirement.padEnd(third), decision].join('  '),
  );
}
