import { type GraphQLField, type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { argumentValues, variablesOf } from '../../graphql-js/variables.ts';
import { type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { DenialPlace } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { suppliedInputs } from '../calls/supplied-inputs.ts';
import { createCheckPlaces, type NamedRow } from '../places/check-places.ts';
import { placedCallsOf } from '../places/placed-calls.ts';
import type { CheckReferences } from './check-references.ts';

/** Reads again the rows that the ids of one root field name, such as in the transaction that changes them. */
export interface ReferenceReads<TContext> {
  /** Returns the ids of rows in the arguments of the call of `info`, in lists and input objects at any depth. */
  referencesOf(info: FieldInfo): readonly ReferencedId[];
  /**
   * Returns the rows that ids of the call name, in their order, as they exist for the viewer of `context` now. `byIds` gets
   * `context`. The groups in places that the call asks for are asked again, with the places of these rows. The age of proofs of
   * identity is measured when the execution of `info` began.
   *
   * @throws {MissingRowError | AuthorizationError} by rejecting, for the first that does not exist or may not be named.
   */
  readReferences(
    ids: readonly ReferencedId[],
    context: TContext,
    info: GraphQLResolveInfo,
  ): Promise<readonly unknown[]>;
  /**
   * Requires that rows exist for the viewer of `context` after a change, and that the groups in places which the field itself
   * asks for are held in their places.
   *
   * @throws {MissingRowError | AuthorizationError} by rejecting, for the first that does not.
   */
  requireKept(rows: KeptRows, context: TContext, info: GraphQLResolveInfo): Promise<void>;
}

/** The rows that a change of a field leaves. */
export interface KeptRows {
  /** The ids of rows that the call names. */
  readonly named: readonly ReferencedId[];
  /** The ids of rows that it has written, by type. */
  readonly written: Readonly<Record<string, readonly unknown[]>>;
  /** The result of the change. If it is a row of the type that the field returns, its place counts too. */
  readonly result: unknown;
}

/** The part of a resolver's `info` that says how its field was called. */
type FieldInfo = Pick<
  GraphQLResolveInfo,
  'parentType' | 'fieldName' | 'fieldNodes' | 'operation' | 'variableValues'
>;

export function createReferenceReads<TContext>(
  decider: Decider<TContext>,
  check: CheckReferences<TContext>,
): ReferenceReads<TContext> {
  const { schema, requirements, beganAt, executions } = decider;
  const checkPlaces = createCheckPlaces(decider);

  function calledField({ parentType, fieldName, fieldNodes: [node], ...info }: FieldInfo) {
    const type = schema.getType(parentType.name);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const coordinate = memberCoordinate(parentType.name, fieldName);
    if (field === undefined || node === undefined) {
      throw new RangeError(`The schema has no ${coordinate}.`);
    }
    return { field, coordinate, values: argumentValues(field, node, variablesOf(info)) };
  }

  /** Lists what the places of the rows decide that the call of a root field names. */
  function placedCalls(
    ids: readonly ReferencedId[],
    { context, info, place, ofField }: Asked<TContext>,
  ) {
    if (!requirements.places.exist) return [];
    const { field, coordinate, values } = calledField(info);
    const { args } = field;
    const supplied = ofField
      ? []
      : suppliedInputs(decider, { args, coordinate }, { context, info });
    const call = { source: undefined, args: values, context };
    return placedCallsOf(decider, {
      args,
      coordinate,
      written: coordinate,
      isRoot: true,
      supplied,
      ids: ids.map((id) => ({ ...id, place })),
      place,
      call,
      context,
      // Without the policy answers of the running execution: the data may have changed.
      execution: () => executions.of(context, executions.restart(context, info)),
    });
  }

  return {
    referencesOf(info) {
      const { field, coordinate, values } = calledField(info);
      return referencedIds(requirements.references, { args: field.args, coordinate, values });
    },
    async readReferences(ids, context, info) {
      const place = {};
      const { errors, rowOf } = await check(
        ids.map((id) => ({ ...id, place })),
        { context, now: beganAt(context, info) },
        placedCalls(ids, { context, info, place, ofField: false }),
      );
      if (errors[0] !== undefined) throw errors[0];
      return ids.map(rowOf);
    },
    async requireKept({ named, written, result }, context, info) {
      const { field, coordinate } = calledField(info);
      // The rule of the type alone: who may name a row here was asked before.
      const toId = (typeName: string, id: unknown, argument = typeName): ReferencedId => ({
        reference: { typeName, rows: [] },
        id,
        coordinate,
        argument,
      });
      const ofCall = named.map(({ reference, id, argument }) =>
        toId(reference.typeName, id, argument),
      );
      const ofWork = Object.entries(written).flatMap(([typeName, ids]) =>
        ids.map((id) => toId(typeName, id)),
      );
      const place = { effect: 'undone' } as const;
      if (ofCall.length + ofWork.length === 0 && !requirements.places.exist) return;
      const kept = [...ofCall, ...ofWork].map((id) => ({ ...id, place }));
      const request = { context, now: beganAt(context, info) };
      const { errors, namedRow } = await check(kept, request);
      if (errors[0] !== undefined) throw errors[0];
      const calls = placedCalls(ofCall, { context, info, place, ofField: true });
      if (calls.length === 0) return;
      const parent = [...ofWork.map(namedRow), ...resultRow(field, result)];
      const [refusal] = await checkPlaces(
        calls.map((call) => Object.assign({}, call, { parent, needsRow: false })),
        namedRow,
        context,
      );
      if (refusal !== undefined) throw refusal;
    },
  };

  /** Returns the result of a change as a row of the type that its field returns, if it says where it belongs. */
  function resultRow(
    { type }: GraphQLField<unknown, unknown>,
    result: unknown,
  ): readonly NamedRow[] {
    const returned = getNamedType(type);
    if (!isObjectType(returned) || typeof result !== 'object' || result === null) return [];
    const isRow = requirements.places
      .ofType(returned.name)
      .some(({ by }) => by !== undefined && by in result);
    return isRow ? [{ row: result, typeName: returned.name }] : [];
  }
}

/** How the call of a field is asked again. */
interface Asked<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
  readonly place: DenialPlace;
  /** Whether the clauses of the field alone are asked, without those of its arguments. */
  readonly ofField: boolean;
}
