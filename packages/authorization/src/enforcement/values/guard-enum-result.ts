import type { GraphQLEnumType, GraphQLOutputType, GraphQLResolveInfo } from 'graphql';
import { isPromise } from '../../decision/is-promise.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { enumValueName } from '../../requirements/enum-value-name.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import { listDepth, mapItems } from './list-items.ts';

/**
 * Wraps a resolver of an enum or of lists of it. A guarded value that the viewer may not see is replaced by an
 * `Error`, which graphql-js reports as a field error.
 */
export function guardEnumResult<TContext>(
  decider: Decider<TContext>,
  resolver: Resolver<TContext>,
  { type, returned }: { readonly type: GraphQLEnumType; readonly returned: GraphQLOutputType },
): Resolver<TContext> {
  const lists = listDepth(returned);

  function guard(
    value: unknown,
    depth: number,
    context: TContext,
    info: GraphQLResolveInfo,
  ): unknown {
    if (isPromise(value)) {
      return markRejectionHandled(
        Promise.resolve(value).then((late) => guard(late, depth, context, info)),
      );
    }
    if (value instanceof Error) return value;
    // An internal value of an enum can be iterable too.
    if (depth > 0) return mapItems(value, (item) => guard(item, depth - 1, context, info));
    const name = enumValueName(type, value);
    if (name === undefined) return value;
    return decider.deniedByGroups(memberCoordinate(type.name, name), context, info) ?? value;
  }
  return (source, args, context, info) =>
    guard(resolver(source, args, context, info), lists, context, info);
}
