import { type Clause, namesInPlaces } from '../requirements/requirement.ts';
import type { ExplainedCoordinate, Explanation, Verdict } from './explain.ts';
import { printDemand, printPolicies, printRequirement } from './print-requirement.ts';

/** One coordinate of an explanation, in print. */
export interface PrintedCoordinate {
  readonly path: string;
  readonly coordinate: string;
  readonly requirement: string;
  readonly decision: string;
}

/** Prints an explanation as lines of text: a table of coordinates, then the verdict. */
export function printExplanation(explanation: Explanation): readonly string[] {
  const rows: readonly PrintedCoordinate[] = [
    {
      path: 'path',
      coordinate: 'coordinate',
      requirement: 'requirement',
      decision: 'decision',
    },
    ...printCoordinates(explanation),
  ];
  const [verdict, ...proof] = printVerdictLines(explanation);
  return [...toTable(rows), '', `Verdict: ${verdict}`, ...proof];
}

/** Prints what each coordinate requires, and the decision about it. */
export const printCoordinates = ({ coordinates }: Explanation): readonly PrintedCoordinate[] =>
  coordinates.map((each) => ({
    path: each.path.join('.'),
    coordinate: each.coordinate,
    requirement: each.requirement.length === 0 ? '-' : printRequirement(each.requirement),
    decision: [describeDecision(each), ...(isDenied(each) ? [] : printDemand(each.proof))].join(
      ', ',
    ),
  }));

/** Prints what becomes of the operation, and what the viewer must have confirmed, if that is required. */
export function printVerdictLines({ verdict, proof }: Explanation): readonly string[] {
  const demand = verdict === 401 || verdict === 403 ? [] : printDemand(proof);
  const proofLine = demand.length === 0 ? [] : [`Authentication: ${demand.join(', ')}.`];
  return [verdictTexts[verdict], ...proofLine];
}

const isDenied = ({ decision: { outcome } }: ExplainedCoordinate): boolean =>
  outcome === 'unauthenticated' || outcome === 'forbidden';

const verdictTexts: Readonly<Record<Verdict, string>> = {
  runs: 'the operation would run.',
  narrowed: 'the operation would run, and return only the rows that the policies above allow.',
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
    return `${condition}filtered to rows of ${rows}${depends ? ', and denied if its row is hidden' : ''}`;
  }
  const policies = printPolicies(decision.clauses.map(alternativesOf));
  const time = decided === 'before' ? 'before it runs' : 'while it runs';
  return `${condition}depends on ${policies}, evaluated ${time}`;
}

/** Names what can meet a clause that groups alone do not: its policies, and its groups in places. */
const alternativesOf = (clause: Clause): readonly string[] => [
  ...clause.or,
  ...namesInPlaces(clause),
];

function toTable(rows: readonly PrintedCoordinate[]): readonly string[] {
  const widthOf = (column: 'path' | 'coordinate' | 'requirement') =>
    Math.max(...rows.map((row) => row[column].length));
  const [first, second, third] = [widthOf('path'), widthOf('coordinate'), widthOf('requirement')];
  return rows.map(({ path, coordinate, requirement, decision }) =>
    [path.padEnd(first), coordinate.padEnd(second), requirement.padEnd(third), decision].join('  '),
  );
}
