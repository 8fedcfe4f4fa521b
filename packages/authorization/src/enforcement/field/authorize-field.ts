import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Decider } from '../calls/decider.ts';
import type { FieldCall } from '../calls/field-call.ts';
import { createFieldGuard, type FieldGuard } from './guard-field.ts';

/**
 * Checks the guards of a field and of its inputs with the current viewer and data. For resolvers that find that
 * rights have changed since the field was admitted.
 *
 * `context` is the operation's context. In a dry run a denial is reported, and nothing is thrown.
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

  function guardOf({
    parentType,
    fieldName,
  }: GraphQLResolveInfo): FieldGuard<TContext> | undefined {
    const type = schema.getType(parentType.name);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const coordinate = memberCoordinate(parentType.name, fieldName);
    if (field === undefined) throw new RangeError(`The schema has no ${coordinate}.`);
    const isRoot = roots.some((root) => root === type);
    return createFieldGuard(decider, { coordinate, args: field.args, isRoot });
  }

  return async (call, info) => {
    const guard = guardOf(info);
    // Without the policy answers of the running execution. The time of that one counts: nothing is refused half-way.
    const restarted = decider.executions.restart(call.context, info);
    guard?.refuse(await guard.decide(call, restarted), call, restarted);
  };
}
