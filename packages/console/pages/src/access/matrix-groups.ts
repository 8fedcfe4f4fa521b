import type { MatrixRow } from './matrix-rows.ts';
import { type Openness, opennessOf } from './openness.ts';

/** How the rows of a matrix are grouped. */
export type Grouping = 'type' | 'rule' | 'field';

/** Rows with something in common. */
export interface RowGroup {
  readonly key: string;
  readonly rows: readonly MatrixRow[];
}

const rootTypes: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/** Types in the order of readers: root types, those of the project, and the others. */
export interface GroupedTypes {
  readonly own: readonly RowGroup[];
  readonly others: readonly RowGroup[];
}

/** Groups rows by their types. */
export function groupByType(
  rows: readonly MatrixRow[],
  projectTypes: readonly string[],
): GroupedTypes {
  const groups = groupBy(rows, ({ typeName }) => typeName);
  const isRoot = ({ key }: RowGroup) => rootTypes.includes(key);
  const isOwn = ({ key }: RowGroup) => projectTypes.includes(key);
  return {
    own: [...groups.filter(isRoot), ...groups.filter((group) => !isRoot(group) && isOwn(group))],
    others: groups.filter((group) => !isRoot(group) && !isOwn(group)),
  };
}

/** Groups rows by their requirement with its cells: the most frequent first, and the odd ones at the end. */
export const groupByRule = (rows: readonly MatrixRow[]): readonly RowGroup[] =>
  groupBy(rows, ({ requirement, cells }) => JSON.stringify([requirement, cells])).toSorted(
    (one, other) => other.rows.length - one.rows.length,
  );

function groupBy(
  rows: readonly MatrixRow[],
  keyOf: (row: MatrixRow) => string,
): readonly RowGroup[] {
  const groups = new Map<string, MatrixRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [];
    group.push(row);
    groups.set(keyOf(row), group);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }));
}

/** Counts the rows of a group by how far they are open in one column. */
export function countIn(
  rows: readonly MatrixRow[],
  index: number,
): Readonly<Record<Openness, number>> {
  const counts = { open: 0, conditional: 0, closed: 0, inherited: 0 };
  for (const { cells } of rows) counts[opennessOf(cells[index] ?? '')] += 1;
  return counts;
}
