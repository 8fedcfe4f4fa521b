import { isObjectType, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { decide } from '../../decision/decision.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import {
  fragmentsOf,
  isIncluded,
  pathOf,
  type SelectedField,
  type WalkedOperation,
} from '../../plan/operation-walk.ts';
import { type UsedCoordinate, walkUses } from '../../plan/used-coordinates.ts';
import { memberCoordinate, typeNameOf } from '../../requirements/coordinate.ts';
import type { Requirement } from '../../requirements/requirement.ts';
import type { Decider } from '../calls/decider.ts';
import { createDecideUsed, isNegative, isReached } from './decide-used-coordinate.ts';
import type { Denial, PreparedOperation } from './operation-denials.ts';

/** What data decides while an operation runs. */
export interface Conditions {
  /**
   * The coordinates that data can still deny while it runs, each once and in document order: fields below the root
   * with policies, and what depends on the run-time type or on the enum value of a result. Empty: nothing can.
   */
  readonly depends: readonly string[];
  /** The coordinates of fields whose value, or rows in it, a rule can hide, each once and in document order. */
  readonly narrowed: readonly string[];
}

/** A decided operation, and its refusals. */
type DecidedRequest<TContext> = PreparedOperation<TContext> &
  OperationRequest<TContext> & {
    readonly operation: OperationDefinitionNode;
    readonly denials: readonly Denial[];
    readonly now: Date;
  };

/**
 * Finds the coordinates that are decided while the operation runs, unless groups admit the viewer to them, and those
 * that are narrowed.
 */
export function findConditions<TContext>(
  decider: Decider<TContext>,
  request: DecidedRequest<TContext>,
): Conditions {
  const { document, operation, coerced, variables, contextValue, denials, now } = request;
  const { schema, requirements } = decider;
  const viewer = decider.viewerOf(contextValue);
  const toShown = createToShown({ schema, document, variableValues: coerced });
  const decideNow = (requirement: Requirement) => decide(requirement, viewer, now);
  const type = operation.operation;
  const decideUsed = createDecideUsed({ schema, requirements, viewer, type, decide: decideNow });
  const refused = new Set(denials.map(({ field }) => pathOf(field).join('.')));
  const depends = new Set<string>();
  const narrowed = new Set<string>();

  const isRefused = (field: SelectedField): boolean =>
    refused.has(pathOf(field).join('.')) || isNegative(decideNow(field.requirement));

  const report = (used: UsedCoordinate): void => {
    const shown = toShown(used);
    if (!isReached(used.field, isRefused) || refused.has(used.path.join('.'))) return;
    const { decision, narrowing, depends: isOpen, refusesHidden } = decideUsed(used);
    // Without variables, the policies of root fields could not be asked.
    const isNotAsked = coerced === undefined && decision.outcome === 'depends';
    if (isOpen || isNotAsked) depends.add(shown);
    if (narrowing.length === 0) return;
    const { coordinate } = used;
    const hides = typeNameOf(coordinate) === coordinate ? toShown(returningField(used)) : shown;
    narrowed.add(hides);
    if (refusesHidden) depends.add(hides);
  };

  walkUses(
    { schema, requirements, document, operation, variableValues: coerced },
    { variables, report },
  );
  return { depends: [...depends], narrowed: [...narrowed] };
}

/** Returns the field that returns a value of a run-time type. */
const returningField = ({ field, path, dependsOn }: UsedCoordinate): UsedCoordinate => ({
  field,
  path,
  coordinate: field.coordinate,
  requirement: field.requirement,
  dependsOn: dependsOn.slice(0, -1),
});

/**
 * Creates the function that replaces a coordinate which the client has not selected by name: with the field at that
 * path, the same field of an interface that a fragment names there, or else the nearest field above. A type or enum value
 * that introspection hides must not be revealed.
 */
function createToShown(input: NamingDocument): (used: UsedCoordinate) => string {
  const { schema } = input;
  const fieldAt = new Map<string, string>();
  const namedAt = createTypeConditions(input);

  function namedInterfaceField(coordinate: string, named: ReadonlySet<string>): string | undefined {
    const [typeName = '', member] = coordinate.split('.');
    const type = schema.getType(typeName);
    if (member === undefined || !isObjectType(type)) return undefined;
    const [fieldName = ''] = member.split('(');
    const found = type
      .getInterfaces()
      .find((each) => named.has(each.name) && each.getFields()[fieldName] !== undefined);
    return found && memberCoordinate(found.name, fieldName);
  }

  return ({ path, coordinate, dependsOn, field }) => {
    const key = path.join('.');
    const named = dependsOn.length === 0 ? undefined : namedAt(field);
    if (named !== undefined && !dependsOn.every((name) => named.has(name))) {
      const keys = path.map((_, index) => path.slice(0, index + 1).join('.'));
      const nearest = keys.reduce((shown, each) => fieldAt.get(each) ?? shown, coordinate);
      return fieldAt.get(key) ?? namedInterfaceField(coordinate, named) ?? nearest;
    }
    if (!fieldAt.has(key)) fieldAt.set(key, coordinate);
    return coordinate;
  };
}

/** The document of an operation, and what its fragments are included by. */
type NamingDocument = Pick<WalkedOperation, 'schema' | 'document' | 'variableValues'>;

/** Creates the search for the types that fragments name in the selections of a field, or of one above it. */
function createTypeConditions({ document, variableValues }: NamingDocument) {
  const known = new Map<SelectedField, ReadonlySet<string>>();
  const fragments = fragmentsOf(document);

  function collect({ selections }: SelectionSetNode, names: Set<string>, spread: Set<string>) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD || !isIncluded(selection, variableValues)) continue;
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
      const fragment = isSpread ? fragments.get(selection.name.value) : selection;
      if (fragment === undefined || (isSpread && spread.has(selection.name.value))) continue;
      if (isSpread) spread.add(selection.name.value);
      if (fragment.typeCondition !== undefined) names.add(fragment.typeCondition.name.value);
      collect(fragment.selectionSet, names, spread);
    }
  }

  return function namedAt(field: SelectedField): ReadonlySet<string> {
    const earlier = known.get(field);
    if (earlier !== undefined) return earlier;
    const names = new Set(field.parentField && namedAt(field.parentField));
    const spread = new Set<string>();
    for (const { selectionSet } of field.nodes) {
      if (selectionSet !== undefined) collect(selectionSet, names, spread);
    }
    known.set(field, names);
    return names;
  };
}
