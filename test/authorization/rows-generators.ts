import type { Choices } from './generators.ts';

/** One row. `tag` and `level` are what policies decide by. */
export interface Row {
  readonly id: number;
  readonly tag: number;
  readonly level: number;
}

/** One clause of a generated field, as it is drawn. Without `rows`: all rows for who passes. */
export interface DrawnClause {
  readonly requires: readonly string[];
  readonly rows: readonly RowPolicyName[];
}

export type RowPolicyName = 'SAME_TAG' | 'LOW' | 'NEVER' | 'UP_TO';

/** How a field delivers its rows. */
export type Shape = 'list' | 'nested' | 'edges' | 'nodes' | 'lazy' | 'resolved';

/** One field of Query, with the rows that are behind it. */
export interface DrawnField {
  readonly name: string;
  readonly shape: Shape;
  readonly clauses: readonly DrawnClause[];
  readonly rows: readonly Row[];
}

/** Who asks. */
export interface DrawnViewer {
  /** Null: anonymous. */
  readonly groups: readonly string[] | null;
  readonly tag: number;
}

/** One schema, its data, the argument of each field, and a viewer. */
export interface DrawnWorld {
  readonly fields: readonly DrawnField[];
  readonly implications: string;
  readonly viewer: DrawnViewer;
  /** The argument `level` of every field. */
  readonly level: number;
}

const shapes = ['list', 'nested', 'edges', 'nodes', 'lazy', 'resolved'] as const;

/** Draws a world: of choices that have run out, the simplest. */
export function drawWorld(choices: Choices): DrawnWorld {
  const groups = () => choices.oneOf([[], ['G1'], ['G2'], ['G1', 'G3']]);
  const clause = (): DrawnClause => ({
    requires: groups(),
    rows: choices.oneOf([
      ['SAME_TAG'],
      ['LOW'],
      ['SAME_TAG', 'LOW'],
      ['NEVER'],
      ['UP_TO'],
      ['NEVER', 'UP_TO', 'SAME_TAG'],
    ]),
  });
  const row = (_: unknown, index: number): Row => ({
    id: index + 1,
    tag: choices.upTo(3),
    level: choices.upTo(4),
  });
  const field = (name: string): DrawnField => ({
    name,
    shape: choices.oneOf(shapes),
    clauses: Array.from({ length: 1 + choices.upTo(3) }, clause),
    rows: Array.from({ length: choices.upTo(7) }, row),
  });
  return {
    fields: ['a', 'b', 'c'].slice(0, 1 + choices.upTo(3)).map(field),
    implications: choices.oneOf([
      'G1 G2 G3',
      'G1 @implies(groups: [G2]) G2 G3',
      'G1 G2 @implies(groups: [G3]) G3 @implies(groups: [G1])',
    ]),
    viewer: {
      groups: choices.oneOf([[], ['G1'], ['G2'], ['G3'], null, ['G1', 'G2']]),
      tag: choices.upTo(3),
    },
    level: choices.upTo(4),
  };
}

/** The SDL of a drawn world. */
export function toSdl({ fields, implications }: DrawnWorld): string {
  const typeOf = ({ shape }: DrawnField) =>
    ({ list: '[Row]', nested: '[[Row!]]', resolved: 'LateRows' })[String(shape)] ?? 'Rows';
  const clauseText = ({ requires, rows }: DrawnClause) => {
    const groups = requires.length === 0 ? '' : `requires: [${requires}], `;
    return `@auth(${groups}rows: [${rows}])`;
  };
  const lines = fields.map(
    (field) =>
      `${field.name}(level: Int): ${typeOf(field)} ${field.clauses.map(clauseText).join(' ')}`,
  );
  return `
    enum Group { ${implications} }
    enum Policy { SAME_TAG LOW NEVER UP_TO }
    directive @auth(requires: [Group!], rows: [Policy!]) repeatable on FIELD_DEFINITION
    directive @public on FIELD_DEFINITION
    directive @implies(groups: [Group!]!) on ENUM_VALUE
    type Query { ${lines.join('\n')} }
    type Row { id: Int }
    type Rows { edges: [Edge], nodes: [Row], totalCount: Int, endCursor: String }
    type Edge { node: Row, cursor: String }
    type LateRows { edges: [LateEdge], nodes: [Row], totalCount: Int, endCursor: String }
    type LateEdge { node: Row, cursor: String }
  `;
}
