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

export type RowPolicyName = 'SAME_TAG' | 'LOW' | 'NEVER' | 'HIGH';

/** How a part of a connection comes to the executor. */
export type Source =
  | 'absent'
  | 'property'
  | 'promise'
  | 'thenable'
  | 'function'
  | 'asynchronous function'
  | 'generator'
  | 'resolver'
  | 'asynchronous resolver'
  | 'throws';

/** One field of a connection or of what is inside it, with a policy in `or` that decides while it runs. */
export interface DrawnPart {
  readonly source: Source;
  readonly or: 'OPEN' | 'LATER' | 'SHUT' | null;
}

/** The parts of a connection. `node` is inside `edges`, and `rows` inside `groups`. */
export type PartName = 'edges' | 'node' | 'nodes' | 'groups' | 'rows';

/** How the value of a field comes to the executor. */
export type Arrival = 'at once' | 'promise' | 'thenable' | 'callable promise';

/** One field of Query, with the rows that are behind it. */
export interface DrawnField {
  readonly name: string;
  readonly arrival: Arrival;
  readonly shape: 'list' | 'nested' | 'connection';
  readonly parts: Readonly<Record<PartName, DrawnPart>>;
  /** Whether rows are selected, and not only how many there are. */
  readonly selectsRows: boolean;
  readonly clauses: readonly DrawnClause[];
  readonly rows: readonly Row[];
}

/** The viewer. */
export interface DrawnViewer {
  /** Null: anonymous. */
  readonly groups: readonly string[] | null;
  readonly tag: number;
}

/** One schema, its data, and a viewer. */
export interface DrawnWorld {
  readonly fields: readonly DrawnField[];
  readonly implications: string;
  readonly viewer: DrawnViewer;
}

const shapes = ['list', 'nested', 'connection', 'connection', 'connection'] as const;
const arrivals = ['at once', 'promise', 'thenable', 'callable promise'] as const;
const sources = [
  'property',
  'absent',
  'promise',
  'thenable',
  'function',
  'asynchronous function',
  'resolver',
  'asynchronous resolver',
  'generator',
  'throws',
] as const;

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
      ['HIGH'],
      ['NEVER', 'HIGH', 'SAME_TAG'],
    ]),
  });
  const row = (_: unknown, index: number): Row => ({
    id: index + 1,
    tag: choices.upTo(3),
    level: choices.upTo(4),
  });
  const part = (): DrawnPart => ({
    source: choices.oneOf(sources),
    or: choices.oneOf([null, null, 'OPEN', 'LATER', 'LATER', 'SHUT']),
  });
  const field = (name: string): DrawnField => ({
    name,
    shape: choices.oneOf(shapes),
    parts: { edges: part(), node: part(), nodes: part(), groups: part(), rows: part() },
    selectsRows: !choices.rarely(5),
    clauses: Array.from({ length: 1 + choices.upTo(3) }, clause),
    rows: Array.from({ length: choices.upTo(7) }, row),
    arrival: choices.oneOf(arrivals),
  });
  return {
    fields: ['a', 'b', 'c'].slice(0, 1 + choices.upTo(3)).map(field),
    implications: choices.oneOf([
      'G1 G2 G3',
      'G1 @implies(groups: [G2]) G2 G3',
      'G1 G2 @implies(groups: [G3]) G3 @implies(groups: [G1])',
    ]),
    viewer: {
      groups: choices.rarely(12)
        ? null
        : choices.oneOf([[], ['G1'], ['G2'], ['G3'], [], ['G1', 'G2']]),
      tag: choices.upTo(3),
    },
  };
}

/** The SDL of a drawn world. Each connection has types of its own, with resolvers of its own. */
export function toSdl({ fields, implications }: DrawnWorld): string {
  const typeOf = ({ shape, name }: DrawnField) =>
    ({ list: '[Row]', nested: '[[Row!]]', connection: `Rows_${name}` })[shape];
  const clauseText = ({ requires, rows }: DrawnClause) => {
    const groups = requires.length === 0 ? '' : `requires: [${requires}], `;
    return `@auth(${groups}rows: [${rows}])`;
  };
  const lines = fields.map(
    (field) => `${field.name}: ${typeOf(field)} ${field.clauses.map(clauseText).join(' ')}`,
  );
  return `
    enum Group { ${implications} }
    enum Policy { SAME_TAG LOW NEVER HIGH OPEN LATER SHUT }
    directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on FIELD_DEFINITION
    directive @public on FIELD_DEFINITION
    directive @implies(groups: [Group!]!) on ENUM_VALUE
    type Query { open: [Row] @public ${lines.join('\n')} }
    type Row { id: Int, own: Int @auth(or: [SAME_TAG, LOW]) }
    ${fields.filter(({ shape }) => shape === 'connection').map(connectionTypes)}
  `;
}

function connectionTypes({ name, parts }: DrawnField): string {
  const guard = (part: PartName) => {
    const { or } = parts[part];
    return or === null ? '' : `@auth(or: [${or}])`;
  };
  return `
    type Rows_${name} {
      totalCount: Int, endCursor: String
      edges: [Edge_${name}] ${guard('edges')}
      nodes: [Row] ${guard('nodes')}
      groups: [Group_${name}] ${guard('groups')}
    }
    type Edge_${name} { node: Row ${guard('node')}, cursor: String }
    type Group_${name} { tag: Int, rows: [Row] ${guard('rows')} }
  `;
}

const everything =
  '{ totalCount endCursor edges { cursor node { id own } } nodes { id own } groups { tag rows { id own } } }';

/** The query for all fields of a drawn world. */
export const toText = ({ fields }: DrawnWorld): string =>
  `{ open { id } ${fields
    .map(({ name, shape, selectsRows }) => {
      const selected = selectsRows ? everything : '{ totalCount endCursor }';
      return `${name} ${shape === 'connection' ? selected : '{ id own }'}`;
    })
    .join(' ')} }`;
