import { MapperKind, mapSchema } from '@graphql-tools/utils';
import type { GraphQLFieldConfig, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { defaultFieldResolver, getNamedType, isEnumType, isObjectType } from 'graphql';
import { memberCoordinate } from './coordinate.ts';
import type { Decider } from './decider.ts';
import { createFence, type Fence } from './fence.ts';
import { guardAbstractType } from './guard-abstract-type.ts';
import { guardEnumResult } from './guard-enum-result.ts';

/**
 * Wraps `resolve`, `subscribe` and `resolveType` wherever something is guarded: the second fence,
 * which alone would keep every secret. It decides what no plan can know, since it depends on data:
 * policies below the root, and the clauses of run-time types.
 */
export function guardSchema<TContext>(decider: Decider<TContext>): GraphQLSchema {
  return mapSchema(decider.schema, {
    [MapperKind.OBJECT_FIELD]: (config, fieldName, typeName) =>
      guardField(decider, config, { fieldName, typeName }),
    [MapperKind.ABSTRACT_TYPE]: (type) => guardAbstractType(decider, type),
  });
}

type FieldConfig<TContext> = GraphQLFieldConfig<unknown, TContext, Record<string, unknown>>;
type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext, Record<string, unknown>>;

function guardField<TContext>(
  decider: Decider<TContext>,
  config: FieldConfig<TContext>,
  { fieldName, typeName }: { readonly fieldName: string; readonly typeName: string },
): FieldConfig<TContext> {
  const { schema, requirements } = decider;
  const parent = schema.getType(typeName);
  const definition = isObjectType(parent) ? parent.getFields()[fieldName] : undefined;
  const returned = getNamedType(config.type);
  const fence = createFence(decider, memberCoordinate(typeName, fieldName), definition);
  const resolve = behind(fence, config.resolve ?? defaultFieldResolver);
  const guarded: FieldConfig<TContext> =
    isEnumType(returned) && requirements.hasGuardedValues(returned.name)
      ? { ...config, resolve: guardEnumResult(decider, resolve, returned) }
      : fence === undefined
        ? config
        : { ...config, resolve };
  // A denied subscriber must not even open the source stream.
  return parent === schema.getSubscriptionType()
    ? { ...guarded, subscribe: behind(fence, config.subscribe ?? defaultFieldResolver) }
    : guarded;
}

function behind<TContext>(
  fence: Fence<TContext> | undefined,
  resolver: Resolver<TContext>,
): Resolver<TContext> {
  if (fence === undefined) return resolver;
  return (source, args, context, info) => {
    const refused = fence({ source, args, context }, info);
    return refused === undefined
      ? resolver(source, args, context, info)
      : refused.then(() => resolver(source, args, context, info));
  };
}
