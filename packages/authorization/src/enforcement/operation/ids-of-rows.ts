import type { ReferencingField } from '../../plan/operation-plan.ts';
import { pathOf, type SelectedField } from '../../plan/operation-walk.ts';
import { type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import { suppliedCoordinates } from '../../plan/supplied-input.ts';
import type { Decider } from '../calls/decider.ts';
import { toPathKey } from '../calls/execution.ts';
import type { PlacedCall } from '../places/check-places.ts';
import { createPlacedCalls } from '../places/placed-calls.ts';
import type { PlacedId } from '../references/check-references.ts';
import { idKey } from '../references/id-key.ts';
import {
  type DecidingExecution,
  type Denial,
  type PreparedOperation,
  tryArgumentValues,
} from './operation-denials.ts';

/** The ids of rows in an operation, and the clauses that the places of these rows decide. */
export interface NamedRows {
  readonly ids: readonly PlacedId[];
  readonly placed: readonly PlacedCall<PlacedId>[];
}

/**
 * Returns the ids of rows in the arguments of all selected fields, in document order. Fields at and below the refused
 * paths are left out: they are not called. So are fields whose arguments the executor rejects. An id that the fields of
 * several run-time types get at one place of the document is returned once.
 */
export function idsOfRows<TContext>(
  decider: Decider<TContext>,
  { plan, coerced, variables, contextValue }: PreparedOperation<TContext>,
  { refusedPaths, execution }: LeftOperation,
): NamedRows {
  const { requirements } = decider;
  const placedCalls = createPlacedCalls(decider);
  const placed: PlacedCall<PlacedId>[] = [];
  const isLeft = (field: SelectedField): boolean =>
    !refusedPaths.has(toPathKey(pathOf(field))) &&
    (field.parentField === undefined || isLeft(field.parentField));
  const found = new Map<string, PlacedId>();
  for (const referencing of plan.withReferences) {
    const { field, written } = referencing;
    if (!isLeft(field)) continue;
    const place = { path: pathOf(field), nodes: field.nodes };
    const args = tryArgumentValues(field, coerced);
    if (args === undefined) continue;
    const ids = idsOf(requirements, referencing, args).map((id) => ({ ...id, place }));
    for (const id of ids) {
      const { reference, argument } = id;
      const key = JSON.stringify([place.path, argument, reference, idKey(id.id)]);
      if (!found.has(key)) found.set(key, id);
    }
    const { coordinate, definition, nodes, isRoot } = field;
    const input = { node: nodes[0], field: definition, coordinate, variables };
    const supplied = requirements.places.exist ? suppliedCoordinates(requirements, input) : [];
    const call = isRoot ? { source: undefined, args, context: contextValue } : undefined;
    const named = { ids, supplied, coordinate, written, isRoot, args: definition.args, place };
    const naming = { ...named, call, context: contextValue, execution: () => execution };
    placed.push(...placedCalls(naming));
  }
  return { ids: [...found.values()], placed };
}

/** What is left of an operation, and its execution. */
interface LeftOperation {
  readonly refusedPaths: ReadonlySet<string>;
  readonly execution: DecidingExecution;
}

/**
 * Returns the refusals of fields whose ids name rows of types whose rules ask for a proof of identity, one for each
 * coordinate and path. Nothing is read. An anonymous viewer has no such rows, so that its ids name none.
 */
export function unprovenIds<TContext>(
  { requirements, refusalByGroups, viewerOf }: Decider<TContext>,
  { plan, coerced, contextValue }: PreparedOperation<TContext>,
  now: Date,
): readonly Denial[] {
  if (!requirements.demandProof || !viewerOf(contextValue).isAuthenticated) return [];
  const denials = new Map<string, Denial>();
  for (const referencing of plan.withReferences) {
    const { field } = referencing;
    const args = tryArgumentValues(field, coerced);
    const ids = args === undefined ? [] : idsOf(requirements, referencing, args);
    for (const { coordinate, reference } of ids) {
      const refusal = refusalByGroups(requirements.ruleOf(reference.typeName), contextValue, now);
      const key = JSON.stringify([pathOf(field), coordinate]);
      if (refusal !== undefined) denials.set(key, { field, coordinate, refusal });
    }
  }
  return [...denials.values()];
}

function idsOf<TContext>(
  { references }: Decider<TContext>['requirements'],
  { field, written }: ReferencingField,
  values: Readonly<Record<string, unknown>>,
): readonly ReferencedId[] {
  const { coordinate, definition } = field;
  return referencedIds(references, { args: definition.args, coordinate, values, written });
}
