import type { GraphQLOutputType, GraphQLResolveInfo } from 'graphql';
import { defaultFieldResolver, getNullableType, isListType } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { type AnswerSizes, placeOf } from '../sizes/answer-size.ts';
import { isArray } from './list-items.ts';
import { propertyOf } from './property-or.ts';

/**
 * Wraps the resolver of a list: one that makes the answer too large is refused before its items are examined by guards,
 * as all lists below the items of another can arrive at once. Other resolvers are returned as they are.
 */
export function countItems<TContext>(
  sizes: AnswerSizes,
  type: GraphQLOutputType,
  resolver: Resolver<TContext>,
): Resolver<TContext> {
  const isRead = resolver === defaultFieldResolver || propertyOf(resolver) !== undefined;
  if (isRead || !isListType(getNullableType(type))) return resolver;
  const check = (value: unknown, info: GraphQLResolveInfo): unknown => {
    if (!isArray(value)) return value;
    const error = sizes.of(info).addItems(value.length, placeOf(info));
    return error === undefined ? value : markRejectionHandled(Promise.reject(error));
  };
  return (source, args, context, info) => {
    const value = resolver(source, args, context, info);
    if (!isPromise(value)) return check(value, info);
    return markRejectionHandled(Promise.resolve(value).then((late) => check(late, info)));
  };
}
