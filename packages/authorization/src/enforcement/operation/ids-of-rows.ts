import type { ReferencingField } from '../../plan/operation-plan.ts';
import { pathOf, type SelectedField } from '../../plan/operation-walk.ts';
import { type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import type { Decider } from '../calls/decider.ts';
import { toPathKey } from '../calls/execution.ts';
import type { PlacedId } from '../references/check-references.ts';
import { idKey } from '../references/id-key.ts';
import { type Denial, type PreparedOperation, tryArgumentValues } from './operation-denials.ts';

/**
 * Returns the ids of rows in the arguments of all selected fields, in document order. Fields at and below the refused
 * paths are left out: they are not called. So are fields whose arguments the executor rejects. An id that the fields of
 * several run-time types get at one place of the document is returned once.
 */
export function idsOfRows<TContext>(
  { requirements }: Decider<TContext>,
  { plan, coerced }: PreparedOperation<TContext>,
  refusedPaths: ReadonlySet<string>,
): readonly PlacedId[] {
  const isLeft = (field: SelectedField): boolean =>
    !refusedPaths.has(toPathKey(pathOf(field))) &&
    (field.parentField === undefined || isLeft(field.parentField));
  const found = new Map<string, PlacedId>();
  for (const referencing of plan.withReferences) {
    const { field } = referencing;
    if (!isLeft(field)) continue;
    const place = { path: pathOf(field), nodes: field.nodes };
    for (const id of idsOf(requirements, referencing, coerced)) {
      const { reference, argument } = id;
      const key = JSON.stringify([place.path, argument, reference, idKey(id.id)]);
      if (!found.has(key)) found.set(key, { ...id, place });
    }
  }
  return [...found.values()];
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
    for (const { coordinate, reference } of idsOf(requirements, referencing, coerced)) {
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
  coerced: PreparedOperation<TContext>['coerced'],
): readonly ReferencedId[] {
  const values = tryArgumentValues(field, coerced);
  const { coordinate, definition } = field;
  return values === undefined
    ? []
    : referencedIds(references, { args: definition.args, coordinate, values, written });
}
