import { pathOf, type SelectedField } from '../../plan/operation-walk.ts';
import { referencedIds } from '../../plan/referenced-ids.ts';
import type { Decider } from '../calls/decider.ts';
import { toPathKey } from '../calls/execution.ts';
import type { PlacedId } from '../references/check-references.ts';
import { idKey } from '../references/id-key.ts';
import { type PreparedOperation, tryArgumentValues } from './operation-denials.ts';

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
    (field.above === undefined || isLeft(field.above));
  const found = new Map<string, PlacedId>();
  for (const { field, written } of plan.withReferences) {
    const values = isLeft(field) ? tryArgumentValues(field, coerced) : undefined;
    if (values === undefined) continue;
    const { coordinate, definition, nodes } = field;
    const place = { path: pathOf(field), nodes };
    const called = { args: definition.args, coordinate, values, written };
    for (const id of referencedIds(requirements.references, called)) {
      const { reference, argument } = id;
      const key = JSON.stringify([place.path, argument, reference, idKey(id.id)]);
      if (!found.has(key)) found.set(key, { ...id, place });
    }
  }
  return [...found.values()];
}
