import { MapperKind, mapSchema } from '@graphql-tools/utils';
import type { GraphQLFieldConfig, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { defaultFieldResolver, getNamedType, isEnumType } from 'graphql';
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
  const returned = getNamedType(config.type);
  const fence = createFence(decider, {
    coordinate: memberCoordinate(typeName, fieldName),
    args: Object.entries({ ...config.args }).map(([name, { type }]) => ({ name, type })),
    isRoot: rootTypes(schema).includes(parent),
  });
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

const rootTypes = (schema: GraphQLSchema): readonly unknown[] => [
  schema.getQueryType(),
  schema.getMutationType(),
  schema.getSubscriptionType(),
];

function behind<TContext>(
  fence: Fence<TContext> | undefined,
  resolver: Resolver<TContext>,
): Resolver<TContext> {
  if (fence === undefined) return resolver;
  return (source, args, context, info) => {
    const passage = fence({ source, args, context }, info);
    if (passage === 'open') return resolver(source, args, context, info);
    if (passage === 'withheld') return null;
    return passage.then((late) => (late === 'open' ? resolver(source, args, context, info) : null));
  };
}
