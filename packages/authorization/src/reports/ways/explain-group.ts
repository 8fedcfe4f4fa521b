import type { OperationColumn } from '../operations/operation-registry.ts';
import { compareVerdicts } from '../operations/operation-verdict.ts';
import { createDecideWay, finishSteps, toSteps, type WaysRequest } from './explain-coordinate.ts';
import type { Way } from './find-ways.ts';
import { printWay } from './print-way.ts';
import { reachOf } from './reach.ts';
import { createSchemaGraph } from './schema-graph.ts';

/** A coordinate that viewers reach. */
export interface ReachedCoordinate {
  readonly coordinate: string;
  /** What the operation gets that goes a shortest way to it: the verdict of a registry. */
  readonly verdict: string;
  /** The coordinates of that way. */
  readonly way: readonly string[];
}

/** What the viewers of one column reach. */
export interface GroupExplanation {
  readonly column: string;
  /** How many fields it reaches, and how many arguments, input fields and enum values with guards of their own. */
  readonly reached: number;
  /** Those of them that are closed to the other viewer, or open with a worse verdict. */
  readonly opened: readonly ReachedCoordinate[];
}

/**
 * Explains what the viewers of one column reach that those of another do not, or not as well: the reverse of
 * `explainCoordinate`. In schema order. Pure.
 */
export const explainGroup = (
  guards: Pick<WaysRequest, 'schema' | 'requirements'>,
  column: OperationColumn,
  base: OperationColumn,
): GroupExplanation => finishSteps(explainGroupInSteps(guards, column, base));

/** Explains the same in steps: it yields after each coordinate, so that a server can do other work meanwhile. */
export function* explainGroupInSteps(
  { schema, requirements }: Pick<WaysRequest, 'schema' | 'requirements'>,
  column: OperationColumn,
  base: OperationColumn,
): Generator<undefined, GroupExplanation> {
  const graph = createSchemaGraph(schema);
  const ways = reachOf(graph, requirements, column.viewer);
  const known = reachOf(graph, requirements, base.viewer);

  const decide = (way: Way, { viewer }: OperationColumn): string => {
    const steps = toSteps(requirements, way);
    return createDecideWay(
      { schema, requirements },
      { steps, operation: printWay(schema, way) },
    )(viewer);
  };
  // Input without a guard of its own is as open as its field.
  const counted = [...ways].filter(
    ([coordinate, way]) => endsAtField(way) || requirements.at(coordinate).length > 0,
  );
  const opened: ReachedCoordinate[] = [];
  for (const [coordinate, way] of counted) {
    yield;
    const verdict = decide(way, column);
    const before = known.get(coordinate);
    if (before !== undefined && compareVerdicts(decide(before, base), verdict) >= 0) continue;
    const steps = toSteps(requirements, way).map((each) => each.coordinate);
    opened.push({ coordinate, verdict, way: steps });
  }
  return { column: column.name, reached: counted.length, opened };
}

const endsAtField = ({ members, enumValue }: Way): boolean =>
  enumValue === undefined && members.at(-1)?.kind === 'field';
