import {
  type DocumentNode,
  type GraphQLSchema,
  isObjectType,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type Decision, decide, decideForRow, narrowingClauses } from '../../decision/decision.ts';
import { createHiddenValues } from '../../plan/hidden-values.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import { pathOf, type SelectedField, walkOperation } from '../../plan/operation-walk.ts';
import { createRowSources } from '../../plan/row-sources.ts';
import { createTouchVisitor, type TouchedCoordinate } from '../../plan/touched-coordinates.ts';
import { memberCoordinate, typeNameOf } from '../../requirements/coordinate.ts';
import type { Clause } from '../../requirements/requirement.ts';
import type { Decider } from '../calls/decider.ts';
import type { Denial, PreparedOperation } from './operation-denials.ts';

/** What data decides while an operation runs. */
export interface Conditions {
  /**
   * The coordinates that data can still deny while it runs, each once and in document order: fields below the root
   * with policies, and what depends on the run-time type or on the enum value of a result. Empty: nothing can.
   */
  readonly depends: readonly string[];
  /** The coordinates of fields that would return only the rows that a policy admits, each once and in document order. */
  readonly narrowed: readonly string[];
}

/** A decided operation, and its refusals. */
type DecidedRequest<TContext> = PreparedOperation<TContext> &
  OperationRequest<TContext> & {
    readonly operation: OperationDefinitionNode;
    readonly denials: readonly Denial[];
  };

/**
 * Finds the coordinates that are decided while the operation runs, unless groups admit the viewer to them, and those
 * that are narrowed.
 */
export function findConditions<TContext>(
  decider: Decider<TContext>,
  { document, operation, coerced, variables, contextValue, denials }: DecidedRequest<TContext>,
): Conditions {
  const { schema, requirements } = decider;
  const viewer = decider.viewerOf(contextValue);
  const toShown = createToShown(schema, document);
  const { hiding, strictness } = createHiddenValues(schema, requirements);
  const rowSources = createRowSources(schema, requirements);
  const isNarrowed = (clauses: readonly Clause[]) => narrowingClauses(clauses, viewer).length > 0;
  const isStrict = (field: SelectedField): boolean => {
    const clauses = strictness(field);
    return clauses === 'always' || isNarrowed(clauses);
  };
  const refused = new Set(denials.map(({ field }) => pathOf(field).join('.')));
  const depends = new Set<string>();
  const narrowed = new Set<string>();

  /** Whether the viewer may get the object that a field is selected on. */
  const isReached = ({ above }: SelectedField): boolean =>
    above === undefined || (isReached(above) && !isRefused(above));
  const isRefused = (field: SelectedField): boolean =>
    refused.has(pathOf(field).join('.')) || isNegative(decide(field.requirement, viewer));

  const report = (touched: TouchedCoordinate): void => {
    const shown = toShown(touched);
    const { coordinate, requirement, dependsOn, field } = touched;
    if (!isReached(field) || refused.has(touched.path.join('.'))) return;
    const source = [
      ...rowSources.of(field).flatMap((each) => each.requirement),
      ...requirements.ruleOf(typeNameOf(coordinate)),
    ];
    const decision = decideForRow(requirement, viewer, source);
    const isByPolicy = decision.outcome === 'depends' && !field.isRoot;
    if (isByPolicy || (isOpen(decision) && dependsOn.length > 0)) depends.add(shown);
    if (isNegative(decision) || !isNarrowed(hiding(touched))) return;
    narrowed.add(shown);
    // The effect of a mutation does not depend on whether its result may be seen.
    const isEffect = field.isRoot && operation.operation === 'mutation';
    if (isStrict(field) && !isEffect && !rowSources.isOfConnection(field)) depends.add(shown);
  };

  walkOperation(
    { schema, requirements, document, operation, variableValues: coerced },
    createTouchVisitor({ schema, requirements, variables, report }),
  );
  return { depends: [...depends], narrowed: [...narrowed] };
}

const isNegative = ({ outcome }: Decision): boolean =>
  outcome === 'unauthenticated' || outcome === 'forbidden';

/** Whether the decision is not yet positive. */
const isOpen = ({ outcome }: Decision): boolean => outcome !== 'allowed' && outcome !== 'narrowed';

/**
 * Creates the function that replaces a coordinate which the client has not selected by name: with the field at that
 * path, the same field of an interface that the document names, or else the nearest field above. A type or enum value
 * that introspection hides must not be revealed.
 */
function createToShown(
  schema: GraphQLSchema,
  document: DocumentNode,
): (touched: TouchedCoordinate) => string {
  const fieldAt = new Map<string, string>();
  let named: ReadonlySet<string> | undefined;

  function namedInterfaceField(coordinate: string): string | undefined {
    const [typeName = '', member] = coordinate.split('.');
    const type = schema.getType(typeName);
    if (member === undefined || !isObjectType(type)) return undefined;
    const [fieldName = ''] = member.split('(');
    const found = type
      .getInterfaces()
      .find((each) => named?.has(each.name) && each.getFields()[fieldName] !== undefined);
    return found && memberCoordinate(found.name, fieldName);
  }

  return ({ path, coordinate, dependsOn }) => {
    if (dependsOn.length > 0) named ??= typeConditions(document);
    const key = path.join('.');
    if (dependsOn.some((name) => named?.has(name) !== true)) {
      const keys = path.map((_, index) => path.slice(0, index + 1).join('.'));
      const nearest = keys.reduce((shown, each) => fieldAt.get(each) ?? shown, coordinate);
      return fieldAt.get(key) ?? namedInterfaceField(coordinate) ?? nearest;
    }
    if (!fieldAt.has(key)) fieldAt.set(key, coordinate);
    return coordinate;
  };
}

/** Returns the types that the fragments of a document name. */
function typeConditions(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { NamedType: ({ name }) => void names.add(name.value) });
  return names;
}
