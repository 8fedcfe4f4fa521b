import type { DrawnField, DrawnWorld, Row, RowPolicyName } from './rows-generators.ts';

/**
 * A second opinion on rows, written from the contract alone: a viewer in one of the groups of a clause, or in one that
 * implies it, gets all rows of the clause; every other viewer those that one of its policies admits; and each clause
 * narrows what the others leave. Undefined: refused, to an anonymous viewer.
 */
export function visibleRows(world: DrawnWorld, field: DrawnField): readonly Row[] | undefined {
  const { groups } = world.viewer;
  if (groups === null) return undefined;
  const held = withImplied(world.implications, groups);
  return field.rows.filter((row) =>
    field.clauses.every(
      ({ requires, rows }) =>
        requires.some((group) => held.has(group)) ||
        rows.some((policy) => admits(policy, row, world)),
    ),
  );
}

/** What each policy says in words. */
function admits(policy: RowPolicyName, row: Row, { viewer, level }: DrawnWorld): boolean {
  if (policy === 'SAME_TAG') return row.tag === viewer.tag;
  if (policy === 'LOW') return row.level < 2;
  return policy === 'UP_TO' && row.level <= level;
}

function withImplied(text: string, groups: readonly string[]): ReadonlySet<string> {
  const held = new Set(groups);
  for (const group of held) {
    const implied = new RegExp(`${group} @implies\\(groups: \\[(\\w+)\\]`).exec(text)?.[1];
    if (implied !== undefined) held.add(implied);
  }
  return held;
}
