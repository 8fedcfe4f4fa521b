import { isPromise } from '@graphql-tools/utils';
import type { GraphQLAbstractType, GraphQLTypeResolver } from 'graphql';
import {
  defaultTypeResolver,
  GraphQLInterfaceType,
  GraphQLUnionType,
  isInterfaceType,
} from 'graphql';
import type { Decider } from './decider.ts';

/**
 * Wraps `resolveType` of an interface or union, so that a value whose run-time type is guarded is
 * refused before anything of it is seen, even its `__typename`.
 */
export function guardAbstractType<TContext>(
  decider: Decider<TContext>,
  type: GraphQLAbstractType,
): GraphQLAbstractType {
  const { schema, requirements } = decider;
  const guardsSome = schema
    .getPossibleTypes(type)
    .some(({ name }) => requirements.at(name).length > 0);
  if (!guardsSome) return type;
  const resolveType = behindTypes(decider, type.resolveType ?? defaultTypeResolver);
  return isInterfaceType(type)
    ? new GraphQLInterfaceType({ ...type.toConfig(), resolveType })
    : new GraphQLUnionType({ ...type.toConfig(), resolveType });
}

function behindTypes<TContext>(
  decider: Decider<TContext>,
  inner: GraphQLTypeResolver<unknown, TContext>,
): GraphQLTypeResolver<unknown, TContext> {
  const admit = (typeName: string | undefined, context: TContext): string | undefined => {
    if (typeName !== undefined) {
      const denied = decider.deniedByGroups(typeName, context);
      if (denied !== undefined) throw denied;
    }
    return typeName;
  };
  return (value, context, info, abstractType) => {
    const typeName = inner(value, context, info, abstractType);
    return isPromise(typeName)
      ? typeName.then((late) => admit(late, context))
      : admit(typeName, context);
  };
}
