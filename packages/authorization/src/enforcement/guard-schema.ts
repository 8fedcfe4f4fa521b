import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  defaultFieldResolver,
  getNamedType,
  isAbstractType,
  isEnumType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { copySchema } from './copy-schema.ts';
import type { Decider } from './decider.ts';
import { createFence, type Fence } from './fence.ts';
import type { Resolver } from './gate.ts';
import { guardAbstractType } from './guard-abstract-type.ts';
import { guardEnumResult } from './guard-enum-result.ts';
import { createListGuard } from './guard-list-items.ts';
import { heard } from './heard.ts';

/**
 * Wraps `resolve`, `subscribe` and `resolveType` of a copy wherever something is guarded: the second
 * fence, which alone would keep every secret. It decides what no plan can know, since it depends on
 * data: policies below the root, and the clauses of run-time types.
 */
export function guardSchema<TContext>(decider: Decider<TContext>): GraphQLSchema {
  const copy = copySchema(decider.schema);
  // In a dry run nothing is refused.
  const guardList = decider.report === undefined ? createListGuard(decider) : undefined;
  const roots: readonly (GraphQLNamedType | null | undefined)[] = [
    copy.getQueryType(),
    copy.getMutationType(),
    copy.getSubscriptionType(),
  ];
  for (const type of Object.values(copy.getTypeMap())) {
    if (isAbstractType(type)) guardAbstractType(decider, type);
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const isRoot = roots.includes(type);
    const isSubscription = type === copy.getSubscriptionType();
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      const fence = createFence(decider, { coordinate, args: field.args, isRoot });
      guardField(decider, field, fence);
      const guardedList = guardList?.(field.type, field.resolve ?? defaultFieldResolver);
      if (guardedList !== undefined) field.resolve = guardedList;
      // A denied subscriber must not even open the source stream.
      const opening = { coordinate, args: field.args, isRoot, opensStream: true };
      const streamFence = isSubscription ? createFence(decider, opening) : undefined;
      if (streamFence !== undefined) {
        field.subscribe = behind(streamFence, field.subscribe ?? defaultFieldResolver);
      }
    }
  }
  return copy;
}

function guardField<TContext>(
  decider: Decider<TContext>,
  field: GraphQLField<unknown, TContext>,
  fence: Fence<TContext> | undefined,
): void {
  const returned = getNamedType(field.type);
  const resolver = field.resolve ?? defaultFieldResolver;
  const guarded = fence === undefined ? resolver : behind(fence, resolver);
  if (isEnumType(returned) && decider.requirements.hasGuardedValues(returned.name)) {
    field.resolve = guardEnumResult(decider, guarded, returned);
  } else if (fence !== undefined) {
    field.resolve = guarded;
  }
}

function behind<TContext>(
  { gate, pass }: Fence<TContext>,
  resolver: Resolver<TContext>,
): Resolver<TContext> {
  const otherwise: Resolver<TContext> = (source, args, context, info) => {
    const passage = pass({ source, args, context }, info);
    if (passage === 'open') return resolver(source, args, context, info);
    if (passage === 'withheld') return null;
    return heard(
      passage.then((late) => (late === 'open' ? resolver(source, args, context, info) : null)),
    );
  };
  return gate === undefined ? otherwise : gate({ admitted: resolver, otherwise });
}
