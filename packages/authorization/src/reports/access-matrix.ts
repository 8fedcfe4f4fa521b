import type { GraphQLSchema } from 'graphql';
import { canNarrow, decideByGroups, narrowingClauses } from '../decision/decision.ts';
import type { Viewer } from '../decision/viewer.ts';
import { type SchemaElement, schemaElements } from '../requirements/declarations.ts';
import { reachableTypeNames } from '../requirements/reachable-types.ts';
import {
  demandsProof,
  joinDemands,
  type ProofDemand,
  type Requirement,
} from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { ruledTypesOf } from '../requirements/row-fields.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';
import { toHead, toLine } from './markdown-table.ts';
import { printDemand, printPolicies, printRequirement } from './print-requirement.ts';

/**
 * The access of a viewer to a coordinate. `as its parent`: the coordinate has no requirement. `all`: every row of a
 * list that other viewers get a part of. `readable`: an enum value that it may read and not supply.
 */
export type Access = 'denied' | 'as its parent' | Granted | ConditionalAccess;

type Granted = 'allowed' | 'all' | 'readable';

/**
 * Access on conditions. `policies`: one policy of each list must admit the viewer. `rows`: one policy
 * of each list must admit a row; other rows are not delivered. `exists`: the types whose rule decides which of their
 * values exist for the viewer. `factors` and `maxAge`: the proof of identity that is asked for, in kinds and seconds.
 */
interface ConditionalAccess extends ProofDemand {
  /** The access of a viewer with the proof, where nothing else is a condition. */
  readonly granted?: Granted;
  readonly policies?: PolicyLists;
  readonly rows?: PolicyLists;
  readonly exists?: readonly string[];
}

type PolicyLists = readonly (readonly string[])[];

/** One coordinate. `cells` are in the order of the matrix's columns. */
export interface AccessRow {
  readonly typeName: string;
  readonly coordinate: string;
  /** The clauses in SDL notation, `public`, or `as its parent`. */
  readonly requirement: string;
  readonly cells: readonly Access[];
}

/** The access to every coordinate of a schema by kind of viewer. */
export interface AccessMatrix {
  /** `anonymous`, `authenticated` (in no group), and one column for each group: a viewer in only that group. */
  readonly columns: readonly string[];
  readonly rows: readonly AccessRow[];
  /** What else readers must know, such as demands that no directive states. */
  readonly notes?: readonly string[];
}

const anonymous: Viewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

const holding = (...groups: readonly string[]): Viewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
});

/**
 * Decides every coordinate that an operation can select or supply for every kind of viewer.
 *
 * Pure, in schema order. Uses the compiled requirements, as the server does. `groups` are the group columns, by
 * default every group of the schema.
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
    .map((element) => ({
      ...element,
      requirement: requirements.at(element.coordinate),
      rules:
        element.returns === undefined
          ? []
          : ruledTypesOf(schema, element.returns, requirements.ruleOf),
    }))
    .filter(({ place, requirement }) => place !== 'type' || requirement.length > 0)
    .map(({ typeName, coordinate, place, requirement, rules }) => ({
      typeName,
      coordinate,
      requirement: describeRequirement(requirement, place),
      cells: viewers.map((viewer) => accessOf({ requirements, coordinate, rules, place }, viewer)),
    }));
  return { columns: ['anonymous', 'authenticated', ...names], rows };
}

function describeRequirement(requirement: Requirement, place: SchemaElement['place']): string {
  if (requirement.length > 0) return printRequirement(requirement);
  return place === 'rootField' ? 'public' : 'as its parent';
}

/** A coordinate to decide. */
interface Decided extends Pick<SchemaElement, 'coordinate' | 'place'> {
  readonly requirements: Requirements;
  /** The types with a rule that a field returns. */
  readonly rules: readonly string[];
}

function accessOf({ requirements, coordinate, rules, place }: Decided, viewer: Viewer): Access {
  const requirement = requirements.at(coordinate);
  const isOpen = requirement.length === 0;
  if (isOpen && place !== 'rootField' && rules.length === 0) return 'as its parent';
  const decision = decideByGroups(requirement, viewer);
  if (decision.outcome === 'unauthenticated' || decision.outcome === 'forbidden') {
    const returned = requirements.returnedAt(coordinate);
    const ofReading = decideByGroups(returned, viewer);
    return ofReading.outcome === 'allowed' ? withProof('readable', returned) : 'denied';
  }
  const exists = rules.filter((name) => canHide(requirements.ruleOf(name), viewer));
  const own = place === 'type' ? requirement : requirements.rowsAt(coordinate);
  const narrowing = narrowingClauses(own, viewer);
  if (decision.outcome !== 'depends' && narrowing.length === 0 && exists.length === 0) {
    return withProof(canNarrow(own) || rules.length > 0 ? 'all' : 'allowed', requirement);
  }
  return {
    ...(decision.outcome === 'depends' && { policies: decision.clauses.map(({ or }) => or) }),
    ...(narrowing.length > 0 && { rows: narrowing.map(({ rows }) => rows) }),
    ...(exists.length > 0 && { exists }),
    ...joinDemands(requirement),
  };
}

const withProof = (granted: Granted, requirement: Requirement): Access =>
  requirement.some(demandsProof) ? { granted, ...joinDemands(requirement) } : granted;

const canHide = (rule: Requirement, viewer: Viewer): boolean =>
  narrowingClauses(rule, viewer).length > 0;

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
    const heading = ['', `## ${row.typeName}`, '', ...toHead(head)];
    return [...(isFirst ? heading : []), toTableLine(row)];
  });
  const noted = notes.map((note) => `- ${note}`);
  return `${[...introduction, ...noted, ...lines].join('\n')}\n`;
}

const introduction = [
  '# Access matrix',
  '',
  'Who can access what, by schema coordinate. Generated by the command `access-matrix --write`: do not edit.',
  '',
  '- **anonymous** has no token; **authenticated** is in no group; each group column is a viewer in only that group.',
  '- **yes**, **no**, or the policies that decide. **readable**: an enum value that fields return, and clients must not supply.',
  '- **all**: every row of a list. **rows**: only the rows that these policies admit.',
  '- **factors**, **s**: only after so many kinds of factors were proved, at most so many seconds ago.',
  '- **exists**: the values of these types that their rules leave: see `rows` of the types.',
  '- **as its parent**: no requirement beyond access to the type, field or argument that it belongs to.',
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
  if (typeof cell !== 'object') return cellTexts[cell];
  const named = [
    ...(cell.policies === undefined ? [] : [printPolicies(cell.policies)]),
    ...(cell.rows === undefined ? [] : [`rows: ${printPolicies(cell.rows)}`]),
    ...(cell.exists === undefined ? [] : [`exists: ${cell.exists.join(', ')}`]),
  ];
  const granted = cell.granted === undefined ? [] : [cellTexts[cell.granted]];
  return [...granted, ...named.map(code), ...printDemand(cell)].join(', ');
}

const cellTexts = {
  allowed: 'yes',
  denied: 'no',
  'as its parent': '',
  all: 'all',
  readable: 'readable',
} as const;
