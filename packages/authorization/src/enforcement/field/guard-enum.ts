import type { GraphQLEnumType, GraphQLOutputType, GraphQLResolveInfo } from 'graphql';
import { getNamedType, isEnumType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { enumValueName } from '../../requirements/enum-value-name.ts';
import type { Decider } from '../calls/decider.ts';
import { whenArrived } from '../calls/promises.ts';
import type { Step } from '../calls/step.ts';
import { listDepth, mapItems } from '../values/list-items.ts';

/**
 * Creates the step that replaces the guarded values of an enum which the viewer may not see by an `Error`, which graphql-js
 * reports as a field error. Undefined: the field returns none.
 */
export function createEnumStep<TContext>(
  decider: Decider<TContext>,
  returned: GraphQLOutputType,
): Step<'enum', TContext> | undefined {
  const named = getNamedType(returned);
  if (!isEnumType(named) || !decider.requirements.guardsReturned(named.name)) return undefined;
  const type: GraphQLEnumType = named;
  const lists = listDepth(returned);

  function guard(
    value: unknown,
    depth: number,
    context: TContext,
    info: GraphQLResolveInfo,
  ): unknown {
    if (value instanceof Error) return value;
    // An internal value of an enum can be iterable too.
    if (depth > 0) return mapItems(value, guardItem(depth - 1, context, info));
    const name = enumValueName(type, value);
    if (name === undefined) return value;
    return decider.deniedByGroups(memberCoordinate(type.name, name), context, info) ?? value;
  }

  const guardItem =
    (depth: number, context: TContext, info: GraphQLResolveInfo) => (item: unknown) =>
      whenArrived(item, (arrived) => guard(arrived, depth, context, info));

  return { name: 'enum', run: (value, { context, info }) => guard(value, lists, context, info) };
}
