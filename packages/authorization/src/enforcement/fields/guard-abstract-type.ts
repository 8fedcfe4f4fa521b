import type { GraphQLAbstractType, GraphQLResolveInfo, GraphQLTypeResolver } from 'graphql';
import { defaultTypeResolver } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import type { Decider } from '../calls/decider.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';

/**
 * Wraps `resolveType` of an interface or union, so that a value with a guarded run-time type is refused before
 * any of its fields is resolved, `__typename` included.
 */
export function guardAbstractType<TContext>(
  decider: Decider<TContext>,
  type: GraphQLAbstractType,
): void {
  const { schema, requirements } = decider;
  const guardsSome = schema
    .getPossibleTypes(type)
    .some(({ name }) => requirements.at(name).length > 0);
  if (guardsSome) type.resolveType = behindTypes(decider, type.resolveType ?? defaultTypeResolver);
}

function behindTypes<TContext>(
  decider: Decider<TContext>,
  inner: GraphQLTypeResolver<unknown, TContext>,
): GraphQLTypeResolver<unknown, TContext> {
  const admit = (
    typeName: string | undefined,
    context: TContext,
    info: GraphQLResolveInfo,
  ): string | undefined => {
    if (typeName !== undefined) {
      const denied = decider.deniedByGroups(typeName, context, info);
      if (denied !== undefined) throw denied;
    }
    return typeName;
  };
  return (value, context, info, abstractType) => {
    const typeName = inner(value, context, info, abstractType);
    return isPromise(typeName)
      ? markRejectionHandled(Promise.resolve(typeName).then((late) => admit(late, context, info)))
      : admit(typeName, context, info);
  };
}
