import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Decider, FieldCall } from './decider.ts';
import { createFence, type Fence } from './fence.ts';

/**
 * Asks a field's guards, those of its inputs among them, with the current viewer and data. For resolvers that find
 * that rights have changed since the field was admitted.
 *
 * `context` is the one that the operation runs with. In a dry run a denial is reported, and nothing is thrown.
 *
 * @throws {AuthorizationError} by rejecting, when the viewer may not call the field.
 */
export type AuthorizeField<TContext> = (
  call: FieldCall<TContext>,
  info: GraphQLResolveInfo,
) => Promise<void>;

export function createAuthorizeField<TContext>(
  decider: Decider<TContext>,
): AuthorizeField<TContext> {
  const { schema } = decider;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];

  function fenceOf({ parentType, fieldName }: GraphQLResolveInfo): Fence<TContext> | undefined {
    const type = schema.getType(parentType.name);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const coordinate = memberCoordinate(parentType.name, fieldName);
    if (field === undefined) throw new RangeError(`The schema has no ${coordinate}.`);
    const isRoot = roots.some((root) => root === type);
    return createFence(decider, { coordinate, args: field.args, isRoot });
  }

  return async (call, info) => {
    // Other variables, though equal: an execution is known by them, and its policies have answered already.
    const variableValues = { ...info.variableValues };
    await fenceOf(info)?.pass(call, { ...info, variableValues });
  };
}
