import { isObjectType } from 'graphql';
import type { ReferencingField } from '../../plan/operation-plan.ts';
import { pathOf, type SelectedField } from '../../plan/operation-walk.ts';
import { type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import { suppliedCoordinates } from '../../plan/supplied-input.ts';
import { typeNameOf } from '../../requirements/coordinate.ts';
import type { Decider } from '../calls/decider.ts';
import { toPathKey } from '../calls/execution.ts';
import type { PlacedCall } from '../places/check-places.ts';
import { placedCallsOf } from '../places/placed-calls.ts';
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
 * Returns the ids of rows in the arguments of all selected fields, in document order. Refused fields, and
 * those below them, are left out: they are not called. So are fields whose arguments the executor rejects. An id that the fields of
 * several run-time types get at one place of the document is returned once.
 */
export function idsOfRows<TContext>(
  decider: Decider<TContext>,
  { plan, coerced, variables, contextValue }: PreparedOperation<TContext>,
  { refused, execution }: LeftOperation,
): NamedRows {
  const { requirements } = decider;
  const placed: PlacedCall<PlacedId>[] = [];
  const isRefused = createIsRefused(decider, refused);
  const isLeft = (field: SelectedField): boolean =>
    !isRefused(field) && (field.parentField === undefined || isLeft(field.parentField));
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
    placed.push(...placedCallsOf(decider, naming));
  }
  return { ids: [...found.values()], placed };
}

/** What is left of an operation, and its execution. */
interface LeftOperation {
  readonly refused: readonly SelectedField[];
  readonly execution: DecidingExecution;
}

/**
 * Creates the check whether a field is refused, or the field of an interface that it implements. Fields of two object types can
 * have one path, and the refusal of one says nothing of the other.
 */
function createIsRefused<TContext>(
  { schema }: Pick<Decider<TContext>, 'schema'>,
  refused: readonly SelectedField[],
): (field: SelectedField) => boolean {
  const keyOf = (field: SelectedField, coordinate: string) =>
    `${toPathKey(pathOf(field))} ${coordinate}`;
  const known = new Set(
    refused.map((field) => {
      const isOfObject = isObjectType(schema.getType(typeNameOf(field.coordinate)));
      return keyOf(field, isOfObject ? field.coordinate : '');
    }),
  );
  return (field) => known.has(keyOf(field, field.coordinate)) || known.has(keyOf(field, ''));
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
