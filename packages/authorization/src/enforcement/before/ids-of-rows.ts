import { pathOf, type SelectedField } from '../../plan/operation-walk.ts';
import { referencedIds } from '../../plan/referenced-ids.ts';
import type { Decider } from '../calls/decider.ts';
import { toPathKey } from '../calls/execution.ts';
import type { PlacedId } from '../references/check-references.ts';
import { type PreparedOperation, tryArgumentValues } from './operation-denials.ts';

/**
 * Returns the ids of rows in the arguments of all selected fields, in document order. Fields at and below the refused
 * paths are left out: they are not called. So are fields whose arguments the executor rejects.
 */
export function idsOfRows<TContext>(
  { requirements }: Decider<TContext>,
  { plan, coerced }: PreparedOperation<TContext>,
  refusedPaths: ReadonlySet<string>,
): readonly PlacedId[] {
  const isLeft = (field: SelectedField): boolean =>
    !refusedPaths.has(toPathKey(pathOf(field))) &&
    (field.above === undefined || isLeft(field.above));
  return plan.withReferences.filter(isLeft).flatMap((field) => {
    const values = tryArgumentValues(field, coerced);
    if (values === undefined) return [];
    const { coordinate, definition, nodes } = field;
    const place = { path: pathOf(field), nodes };
    const ids = referencedIds(requirements.references, {
      args: definition.args,
      coordinate,
      values,
    });
    return ids.map((id) => ({ ...id, place }));
  });
}
