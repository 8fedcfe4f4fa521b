import type { GraphQLEnumType, GraphQLFieldResolver } from 'graphql';
import { AuthorizationError, toDenialExtensions } from './authorization-error.ts';
import { memberCoordinate } from './coordinate.ts';
import type { Decider } from './decider.ts';

/**
 * Wraps a resolver of an enum, or of lists of it: a guarded value that the viewer may not see becomes
 * an error in its place, as graphql-js makes one of every `Error` that stands in a result.
 */
export function guardEnumResult<TContext, TArgs>(
  decider: Decider<TContext>,
  resolver: GraphQLFieldResolver<unknown, TContext, TArgs>,
  type: GraphQLEnumType,
): GraphQLFieldResolver<unknown, TContext, TArgs> {
  function guardValue(value: unknown, context: TContext): unknown {
    if (value instanceof Promise) return value.then((late) => guardValue(late, context));
    if (isList(value)) return Array.from(value, (item) => guardValue(item, context));
    const name = type.getValues().find((each) => each.value === value)?.name;
    if (name === undefined) return value;
    const coordinate = memberCoordinate(type.name, name);
    const refusal = decider.refusalByGroups(decider.requirements.at(coordinate), context);
    return refusal === undefined
      ? value
      : new AuthorizationError(toDenialExtensions(coordinate, refusal));
  }
  return (source, args, context, info) =>
    guardValue(resolver(source, args, context, info), context);
}

/** A list by the executor's measure: any iterable object; a string is a value. */
const isList = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;
