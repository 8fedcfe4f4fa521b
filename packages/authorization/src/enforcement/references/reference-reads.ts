import type { GraphQLResolveInfo } from 'graphql';
import { isObjectType } from 'graphql';
import { argumentValues, variablesOf } from '../../graphql-js/variables.ts';
import { type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { BegunInfo, Decider } from '../calls/decider.ts';
import type { CheckReferences } from './check-references.ts';

/** Reads again the rows that the ids of one field name, such as in the transaction that changes them. */
export interface ReferenceReads<TContext> {
  /** Returns the ids of rows in the arguments of the call of `info`, in lists and input objects at any depth. */
  referencesOf(info: FieldInfo): readonly ReferencedId[];
  /**
   * Returns the rows that ids name, in their order, as they exist for the viewer of `context` now. `byIds` gets `context`.
   * The age of proofs of identity is measured when the execution of `info` began.
   *
   * @throws {MissingRowError | AuthorizationError} by rejecting, for the first that does not exist or may not be named.
   */
  readReferences(
    ids: readonly ReferencedId[],
    context: TContext,
    info: BegunInfo,
  ): Promise<readonly unknown[]>;
}

/** The part of a resolver's `info` that says how its field was called. */
type FieldInfo = Pick<
  GraphQLResolveInfo,
  'parentType' | 'fieldName' | 'fieldNodes' | 'operation' | 'variableValues'
>;

export function createReferenceReads<TContext>(
  { schema, requirements, beganAt }: Decider<TContext>,
  check: CheckReferences<TContext>,
): ReferenceReads<TContext> {
  return {
    referencesOf({ parentType, fieldName, fieldNodes: [node], ...info }) {
      const type = schema.getType(parentType.name);
      const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
      const coordinate = memberCoordinate(parentType.name, fieldName);
      if (field === undefined || node === undefined) {
        throw new RangeError(`The schema has no ${coordinate}.`);
      }
      const values = argumentValues(field, node, variablesOf(info));
      return referencedIds(requirements.references, { args: field.args, coordinate, values });
    },
    async readReferences(ids, context, info) {
      const { errors, rowOf } = await check(
        ids.map((id) => ({ ...id, place: {} })),
        { context, now: beganAt(context, info) },
      );
      if (errors[0] !== undefined) throw errors[0];
      return ids.map(rowOf);
    },
  };
}
