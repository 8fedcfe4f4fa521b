import type { GraphQLEnumType, GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import { isPromise } from '../decision/is-promise.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { enumValueName } from '../requirements/enum-value-name.ts';
import type { Decider } from './decider.ts';
import { isIterable } from './guard-list-items.ts';
import { markHandled } from './mark-handled.ts';

/**
 * Wraps a resolver of an enum or of lists of it. A guarded value that the viewer may not see is replaced by an
 * `Error`, which graphql-js reports as a field error.
 */
export function guardEnumResult<TContext, TArgs>(
  decider: Decider<TContext>,
  resolver: GraphQLFieldResolver<unknown, TContext, TArgs>,
  type: GraphQLEnumType,
): GraphQLFieldResolver<unknown, TContext, TArgs> {
  function guardValue(value: unknown, context: TContext, info: GraphQLResolveInfo): unknown {
    if (isPromise(value)) return markHandled(value.then((late) => guardValue(late, context, info)));
    if (isIterable(value)) return Array.from(value, (item) => guardValue(item, context, info));
    const name = enumValueName(type, value);
    if (name === undefined) return value;
    return decider.deniedByGroups(memberCoordinate(type.name, name), context, info) ?? value;
  }
  return (source, args, context, info) =>
    guardValue(resolver(source, args, context, info), context, info);
}
