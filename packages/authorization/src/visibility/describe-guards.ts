import type { GraphQLSchema } from 'graphql';
import {
  type Clause,
  implies,
  joinDemands,
  namesInPlaces,
  type ProofDemand,
  type Requirement,
  whereReturned,
  withoutProof,
} from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { type SchemaElement, schemaElements } from '../requirements/schema-elements.ts';

/**
 * Appends the requirement, inherited clauses included, to the description of every guarded element: `For ADMIN or
 * AUDITOR, or by SELF.` Modifies `schema`, which must therefore be a copy.
 */
export function describeGuards(schema: GraphQLSchema, requirements: Requirements): void {
  const sentences = new Map<Requirement, string>();
  for (const { coordinate, element, place } of schemaElements(schema)) {
    const requirement = requirements.at(coordinate);
    const sentence = sentences.get(requirement) ?? describeRequirement(requirement);
    sentences.set(requirement, sentence);
    if (requirement.length > 0) addSentence(element, sentence);
    else if (place === 'rootField') addSentence(element, 'Public.');
  }
}

/** Appends a sentence to a description, unless it already ends with it, as in a schema built from printed SDL. */
function addSentence(element: SchemaElement['element'], sentence: string): void {
  const text = (element.description ?? '').trimEnd();
  if (text.endsWith(sentence)) return;
  if (text === '') element.description = sentence;
  else if (text.includes('\n')) element.description = `${text}\n\n${sentence}`;
  else element.description = `${text}${/[\p{L}\p{N}]$/u.test(text) ? '.' : ''} ${sentence}`;
}

/** Describes who meets a requirement that is not empty, and which rows it leaves. */
export function describeRequirement(requirement: Requirement): string {
  const returned = whereReturned(requirement);
  if (returned.length === requirement.length) return describeClauses(requirement);
  const reading = returned.length === 0 ? [] : [describeClauses(returned)];
  const supplying = requirement.filter(({ readable }) => readable);
  return [...reading, 'To supply it:', describeClauses(supplying)].join(' ');
}

function describeClauses(requirement: Requirement): string {
  const all = requirement.map(withoutProof);
  const clauses = all.filter((clause, index) => !isImplied(clause, index, all));
  const deciding = clauses.filter(({ rows }) => rows === undefined);
  const proof = describeProof(joinDemands(requirement));
  return [describeDeciding(deciding), ...clauses.flatMap(describeRows), ...proof].join(' ');
}

function describeProof({ factors, maxAge }: ProofDemand): readonly string[] {
  if (factors === undefined && maxAge === undefined) return [];
  const kinds = factors === 2 ? '2 kinds of factors' : 'a factor';
  const age = maxAge === undefined ? '' : ` at most ${maxAge} seconds ago`;
  return [`Requires ${kinds} confirmed${age}.`];
}

function describeDeciding(clauses: readonly Clause[]): string {
  const [clause] = clauses;
  if (clause === undefined) return 'For any authenticated viewer.';
  if (clauses.length > 1) {
    return `For viewers who meet all of: ${clauses.map(describeClause).join('; ')}.`;
  }
  if (clause.requires.length > 0) return `For ${describeClause(clause)}.`;
  return clause.or.length > 0
    ? `For viewers allowed ${describeClause(clause)}.`
    : 'For any authenticated viewer.';
}

function describeClause(clause: Clause): string {
  const { or } = clause;
  const global = globalGroups(clause);
  const groups = [...(global.length === 0 ? [] : [namesIn(global)]), ...namesInPlaces(clause)];
  const policies = or.length === 0 ? [] : [`by ${namesIn(or)}`];
  return [...groups, ...policies].join(', or ');
}

function describeRows(clause: Clause): readonly string[] {
  const { rows } = clause;
  if (rows === undefined) return [];
  const some = `those of ${namesIn(rows)}`;
  const all = globalGroups(clause);
  return [all.length === 0 ? `Rows: ${some}.` : `Rows: all for ${namesIn(all)}, else ${some}.`];
}

/** Returns the groups in `requires` that are held anywhere. */
const globalGroups = ({ requires, within = [] }: Clause): readonly string[] =>
  requires.filter((group) => !within.some(({ groups }) => groups.includes(group)));

const namesIn = (list: readonly string[]): string => [...new Set(list)].join(' or ');

/** Whether another clause implies this one. Of equal clauses, the first is kept. */
const isImplied = (clause: Clause, index: number, requirement: Requirement): boolean =>
  requirement.some(
    (other, otherIndex) =>
      otherIndex !== index &&
      implies(other, clause) &&
      (otherIndex < index || !implies(clause, other)),
  );
