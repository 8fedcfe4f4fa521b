import type { GraphQLSchema } from 'graphql';
import type { AuthenticatedViewer, Viewer } from '../decision/viewer.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';
import {
  type Access,
  accessOf,
  anonymous,
  type CoordinateFacts,
  coordinateFacts,
  printConditions,
} from './coordinate-access.ts';
import { toHead, toLine } from './markdown-table.ts';
import { printRequirement } from './print-requirement.ts';

/** One coordinate. `cells` are in the order of the matrix's columns, and `texts` are the same in print, without marks of code. */
export interface AccessRow {
  readonly typeName: string;
  readonly coordinate: string;
  /** Whether it is a value of an enum. Its cells say who may supply it. */
  readonly isEnumValue: boolean;
  /** The clauses in SDL notation, `public`, or `as its parent`. */
  readonly requirement: string;
  readonly cells: readonly Access[];
  /** A text is empty where the access is that to the parent. */
  readonly texts: readonly string[];
}

/** The access to every coordinate of a schema by kind of viewer. */
export interface AccessMatrix {
  /**
   * `anonymous`, `authenticated` (in no group), and one column for each group: a viewer in only that group. Of one that is held
   * in places, with their type: `OWNER in Organization`.
   */
  readonly columns: readonly string[];
  readonly rows: readonly AccessRow[];
  /** What else readers must know, such as demands that no directive states. */
  readonly notes?: readonly string[];
}

/** A viewer in these groups alone. One that is held in places is held in one. */
export const holding = (...groups: readonly string[]): AuthenticatedViewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
  placesOf: (group) => (groups.includes(group) ? somewhere : nowhere),
});

const somewhere: ReadonlySet<string> = new Set(['']);
const nowhere: ReadonlySet<string> = new Set();

/**
 * Decides every coordinate that an operation can select or supply for every kind of viewer.
 *
 * Pure, in schema order, with enum values at the end. Uses the compiled requirements, as the server does. `groups` are the group columns, by
 * default every group of the schema.
 */
export function createAccessMatrix(
  schema: GraphQLSchema,
  requirements: Requirements,
  groups: Iterable<string> = parseVocabulary(schema).groups,
): AccessMatrix {
  return decideMatrix(coordinateFacts(schema, requirements), [...groups], requirements.places);
}

/** Decides coordinates for each kind of viewer. Pure. */
export const decideMatrix = (
  facts: readonly CoordinateFacts[],
  groups: readonly string[],
  { typeOf }: Pick<Requirements['places'], 'typeOf'>,
): AccessMatrix => ({
  columns: ['anonymous', 'authenticated', ...groups.map((group) => titleOf(group, typeOf(group)))],
  rows: decideRows(facts, [anonymous, holding(), ...groups.map((group) => holding(group))]),
});

/** Decides the same coordinates for one viewer, in the first cell of each row: in these groups, or anonymous. Pure. */
export const createAccessView = (
  schema: GraphQLSchema,
  requirements: Requirements,
  groups: readonly string[] | null,
): readonly AccessRow[] =>
  decideRows(coordinateFacts(schema, requirements), [
    groups === null ? anonymous : holding(...groups),
  ]);

const titleOf = (group: string, place: string | undefined): string =>
  place === undefined ? group : `${group} in ${place}`;

const decideRows = (
  facts: readonly CoordinateFacts[],
  viewers: readonly Viewer[],
): readonly AccessRow[] =>
  facts.map((each) => {
    const cells = viewers.map((viewer) => accessOf(each, viewer));
    return {
      typeName: each.typeName,
      coordinate: each.coordinate,
      isEnumValue: each.isEnumValue,
      requirement: describeRequirement(each),
      cells,
      texts: cells.map((cell) => toCellText(cell, (text) => text)),
    };
  });

function describeRequirement({ requirement, isPublic }: CoordinateFacts): string {
  if (requirement.length > 0) return printRequirement(requirement);
  return isPublic ? 'public' : 'as its parent';
}

/** Converts the matrix to JSON with one object for each coordinate. */
export function toJson({ columns, rows, notes }: AccessMatrix): string {
  const coordinates = rows.map(({ coordinate, requirement, cells }) => ({
    coordinate,
    requirement,
    access: Object.fromEntries(columns.map((column, index) => [column, cells[index]])),
  }));
  return JSON.stringify({ columns, notes, coordinates }, null, 2);
}

/**
 * Converts the matrix to Markdown with a section for each type and a line for each coordinate: in a diff, a changed
 * guard changes only its own line.
 */
export function toMarkdown({ columns, rows, notes = [] }: AccessMatrix): string {
  const head = ['coordinate', 'requirement', ...columns];
  const lines = rows.flatMap((row, index) => {
    const isFirst = rows[index - 1]?.typeName !== row.typeName;
    const title = row.isEnumValue ? `Values of ${row.typeName}` : row.typeName;
    const heading = ['', `## ${title}`, '', ...toHead(head)];
    return [...(isFirst ? heading : []), toTableLine(row)];
  });
  const isPlaced = columns.some((column) => column.includes(' in '));
  const noted = [...(isPlaced ? [placed] : []), ...notes].map((note) => `- ${note}`);
  return `${[...introduction, ...noted, ...lines].join('\n')}\n`;
}

const introduction = [
  '# Access matrix',
  '',
  'Who can access what, by schema coordinate. Generated by the command `access-matrix --write`: do not edit.',
  '',
  '- **anonymous** has no token; **authenticated** is in no group; each group column is a viewer in only that group.',
  '- **yes**, **no**, or the policies that decide. **readable**: an enum value that fields return, and clients must not supply.',
  '- **all**: every row of a list. **rows**: only the rows that these policies allow.',
  '- **factors**, **s**: only after so many kinds of factors were confirmed, at most so many seconds ago.',
  '- **exists**: the values of these types that their rules leave: see `rows` of the types.',
  '- **Values of** an enum: who may supply the value in an argument, such as to request it. This grants no group.',
  '- **as its parent**: no requirement beyond access to the type, field or argument that it belongs to.',
];

const placed =
  '**of**: the group is required in the place of what these names say: ids in arguments, or the object of the field.';

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
  if (typeof cell !== 'object') return cellTexts[cell];
  const granted = cell.granted === undefined ? [] : [cellTexts[cell.granted]];
  return [...granted, ...printConditions(cell, code)].join(', ');
}

const cellTexts = {
  allowed: 'yes',
  denied: 'no',
  'as its parent': '',
  all: 'all',
  readable: 'readable',
} as const;
