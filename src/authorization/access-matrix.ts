import type { GraphQLSchema } from 'graphql';
import { decide } from './decision.ts';
import { type SchemaElement, schemaElements } from './declarations.ts';
import { parseVocabulary } from './directive.ts';
import { printPolicies, printRequirement } from './print-requirement.ts';
import { reachableTypeNames } from './reachable-types.ts';
import type { Requirement } from './requirement.ts';
import type { Requirements } from './requirements.ts';
import type { Viewer } from './viewer.ts';

/**
 * What a viewer may do at a coordinate. `as its parent`: nothing is asked here. With policies: one of
 * each list must admit the viewer.
 */
export type Access =
  | 'allowed'
  | 'denied'
  | 'as its parent'
  | { readonly policies: readonly (readonly string[])[] };

/** One coordinate. Its cells stand in the order of the matrix's columns. */
export interface AccessRow {
  readonly typeName: string;
  readonly coordinate: string;
  /** The clauses that hold here; or why there are none. */
  readonly requirement: string;
  readonly cells: readonly Access[];
}

/** The whole schema by viewer. */
export interface AccessMatrix {
  /** `anonymous`, `authenticated` (in no group), and a viewer in just the one group, for each. */
  readonly columns: readonly string[];
  readonly rows: readonly AccessRow[];
}

const anonymous: Viewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

const holding = (...groups: readonly string[]): Viewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
});

/**
 * Decides every coordinate that an operation can touch for every kind of viewer.
 *
 * Pure, and in the order of the schema. Made from the compiled requirements, so that it cannot differ
 * from what the server enforces. `groups`: the columns, by default every group of the schema.
 */
export function createAccessMatrix(
  schema: GraphQLSchema,
  requirements: Requirements,
  groups: Iterable<string> = parseVocabulary(schema).groups,
): AccessMatrix {
  const names = [...groups];
  const viewers = [anonymous, holding(), ...names.map((group) => holding(group))];
  const reachable = reachableTypeNames(schema);
  const rows = schemaElements(schema)
    .filter(({ typeName }) => reachable.has(typeName))
    .map((element) => ({ ...element, requirement: requirements.at(element.coordinate) }))
    .filter(({ place, requirement }) => place !== 'type' || requirement.length > 0)
    .map(({ typeName, coordinate, place, requirement }) => ({
      typeName,
      coordinate,
      requirement: describeRequirement(requirement, place),
      cells: viewers.map((viewer) => accessOf(requirement, place, viewer)),
    }));
  return { columns: ['anonymous', 'authenticated', ...names], rows };
}

function describeRequirement(requirement: Requirement, place: SchemaElement['place']): string {
  if (requirement.length > 0) return printRequirement(requirement);
  return place === 'rootField' ? 'public' : 'as its parent';
}

function accessOf(requirement: Requirement, place: SchemaElement['place'], viewer: Viewer): Access {
  if (requirement.length === 0 && place !== 'rootField') return 'as its parent';
  const decision = decide(requirement, viewer);
  if (decision.outcome === 'allowed') return 'allowed';
  return decision.outcome === 'depends'
    ? { policies: decision.clauses.map((clause) => clause.or) }
    : 'denied';
}

/** The matrix as JSON, one object for each coordinate. */
export function toJson({ columns, rows }: AccessMatrix): string {
  const coordinates = rows.map(({ coordinate, requirement, cells }) => ({
    coordinate,
    requirement,
    access: Object.fromEntries(columns.map((column, index) => [column, cells[index]])),
  }));
  return JSON.stringify({ columns, coordinates }, null, 2);
}

/**
 * The matrix as Markdown that is read in a review: a section for each type, a line for each
 * coordinate, so that a changed protection is a changed line and touches no other.
 */
export function toMarkdown({ columns, rows }: AccessMatrix): string {
  const head = ['coordinate', 'requirement', ...columns];
  const lines = rows.flatMap((row, index) => {
    const isFirst = rows[index - 1]?.typeName !== row.typeName;
    const heading = ['', `## ${row.typeName}`, '', toLine(head), toLine(head.map(() => '---'))];
    return [...(isFirst ? heading : []), toTableLine(row)];
  });
  return `${[...introduction, ...lines].join('\n')}\n`;
}

const introduction = [
  '# Access matrix',
  '',
  'Who may reach what, by schema coordinate. Written by the command `access-matrix --write`: do not edit.',
  '',
  '- **anonymous** has no token; **authenticated** is in no group; under each group stands a viewer in just that one.',
  '- **yes**, **no**, or the policies on which it depends.',
  '- **as its parent**: nothing more is asked than to reach the type, field or argument that it belongs to.',
];

function toTableLine({ coordinate, requirement, cells }: AccessRow): string {
  const isCode = requirement.startsWith('@');
  const code = (text: string) => `\`${text}\``;
  return toLine([
    code(coordinate),
    isCode ? code(requirement) : requirement,
    ...cells.map((cell) => toCellText(cell, code)),
  ]);
}

function toCellText(cell: Access, code: (text: string) => string): string {
  if (typeof cell === 'object') return code(printPolicies(cell.policies));
  return { allowed: 'yes', denied: 'no', 'as its parent': '' }[cell];
}

const toLine = (cells: readonly string[]): string =>
  `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
