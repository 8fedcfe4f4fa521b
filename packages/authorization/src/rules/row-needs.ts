import type { OperationTypeNode } from 'graphql';
import { createHiddenValues } from '../plan/hidden-values.ts';
import type { SelectedField } from '../plan/operation-walk.ts';
import { createRowSources } from '../plan/row-sources.ts';
import type { UsedCoordinate } from '../plan/used-coordinates.ts';
import { typeNameOf } from '../requirements/coordinate.ts';
import {
  type Clause,
  demandsProof,
  implies,
  isPlaced,
  narrows,
  type Requirement,
  sufficientGroups,
} from '../requirements/requirement.ts';
import { connectionRowsOf, narrowedConnectionsOf } from '../requirements/row-fields.ts';
import type { GuardedSchema } from './compile-rules.ts';

/** The maximum number of alternatives in the groups of one need. With more, the server is asked. */
const maxAlternatives = 16;

/** One coordinate that an operation needs. */
export interface CoordinateNeed {
  /** The coordinate. Empty: no rule of a front end decides, and the server has to be asked. */
  readonly at: string;
  /** Whether the data decides if it is reached. */
  readonly maybe: boolean;
  /**
   * The viewers for whom it counts: who holds all groups of one of these lists, `@ADMIN`, and none of those with
   * `!@ADMIN`. Undefined: all.
   */
  readonly viewers: readonly (readonly string[])[] | undefined;
}

/**
 * Creates the function that returns what one coordinate of an operation needs, as the server decides: a policy in `or`
 * that the rows of its list have passed is not asked, and where a rule can hide a value that must not be null, the
 * rows decide.
 */
export function createRowNeeds(guards: GuardedSchema, operation: OperationTypeNode) {
  const { schema, requirements } = guards;
  const { hiding, strictness } = createHiddenValues(schema, requirements);
  const rowSources = createRowSources(schema, requirements);

  /** For whom clauses with policies in `or` are left, or undefined where the clauses have another reason to count. */
  function viewersOf({ coordinate, field }: UsedCoordinate): CoordinateNeed['viewers'] {
    const type = typeNameOf(coordinate);
    const source = [
      ...rowSources.of(field).flatMap((each) => each.requirement),
      ...requirements.ruleOf(type),
    ].filter(narrows);
    if (source.length === 0 || type === coordinate) return undefined;
    const decided = [...requirements.at(type), ...requirementsAbove(field)];
    const left: (readonly string[])[] = [];
    for (const clause of requirements.at(coordinate)) {
      // Two clauses that are met in places can be met in different ones.
      if (isPlaced(clause)) return undefined;
      if (clause.or.length === 0 && decided.some((each) => implies(each, clause))) continue;
      // The proof of identity is asked of all viewers, whatever admits them.
      if (demandsProof(clause)) return undefined;
      const admitting = source.filter(({ rows }) => rows.every((each) => clause.or.includes(each)));
      if (admitting.length === 0) return undefined;
      left.push(...allOf(admitting.map(meeting)));
    }
    return left.length > maxAlternatives ? undefined : left;
  }

  /** For whom a hidden value refuses the operation. */
  function refused(used: UsedCoordinate): readonly (readonly string[])[] {
    const { field } = used;
    const isEffect = field.isRoot && operation === 'mutation';
    if (isEffect || rowSources.isOfConnection(field)) return [];
    const strict = strictness(field);
    const hidden = hiding(used).map(narrowedViewers);
    return strict === 'always'
      ? hidden
      : strict.flatMap((clause) => hidden.map((each) => [...each, ...narrowedViewers(clause)]));
  }

  return (used: UsedCoordinate): readonly CoordinateNeed[] => {
    const { coordinate, requirement, dependsOn } = used;
    const maybe = dependsOn.length > 0;
    // The rules of a front end have the requirement of an enum value where it is supplied.
    const own =
      requirement === requirements.at(coordinate)
        ? { at: coordinate, maybe, viewers: viewersOf(used) }
        : { at: '', maybe, viewers: requirement.map(refusedViewers) };
    const needs = [
      ...(requirement.length > 0 ? [own] : []),
      ...partlyRuled(guards, used).map((at) => ({ at, maybe: true, viewers: [['@']] })),
      { at: '', maybe: false, viewers: refused(used) },
    ];
    return needs.filter(({ viewers }) => viewers?.length !== 0);
  };
}

/** Returns the types of rows of a connection that has not the rules of all of them. */
function partlyRuled(
  { schema, requirements }: GuardedSchema,
  { coordinate, field }: UsedCoordinate,
): readonly string[] {
  const { type } = field.definition;
  if (coordinate !== field.coordinate) return [];
  if (narrowedConnectionsOf(schema, requirements, { coordinate, type }).length === 0) return [];
  const own = requirements.at(coordinate);
  return [...connectionRowsOf(schema, type)].filter(
    (name) => !requirements.ruleOf(name).every((rule) => own.some((each) => implies(each, rule))),
  );
}

const requirementsAbove = ({ parentField }: SelectedField): Requirement =>
  parentField === undefined ? [] : [...parentField.requirement, ...requirementsAbove(parentField)];

/** Returns the viewers who meet a clause with `rows` by a group. */
const meeting = (clause: Clause): readonly (readonly string[])[] =>
  clause.requires.length === 0 ? [] : sufficientGroups(clause).map((group) => [`@${group}`]);

/** Returns the condition of the viewers whom a clause narrows. */
export const narrowedViewers = (clause: Clause): readonly string[] =>
  clause.requires.length === 0 ? [] : sufficientGroups(clause).map((group) => `!@${group}`);

/** Returns the condition of the viewers whom a clause of groups refuses. With a proof of identity, it can be any. */
const refusedViewers = (clause: Clause): readonly string[] => {
  if (demandsProof(clause)) return [];
  return clause.requires.length === 0 ? ['!@'] : narrowedViewers(clause);
};

/** Returns the alternatives in which one of each list holds. */
const allOf = (lists: readonly (readonly (readonly string[])[])[]) =>
  lists.reduce<readonly (readonly string[])[]>(
    (all, list) => all.flatMap((each) => list.map((more) => [...each, ...more])),
    [[]],
  );
