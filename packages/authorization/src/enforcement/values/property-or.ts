import type { GraphQLResolveInfo } from 'graphql';

const names = new WeakMap<object, string>();

type ResolverOf<Source, Args, Context, Result> = (
  source: Source,
  args: Args,
  context: Context,
  info: GraphQLResolveInfo,
) => Result;

/**
 * Creates a resolver that returns the object's own property `name`, and calls `resolver` for an object without it. Lists
 * of objects that have the property can be compiled, which any other resolver prevents.
 *
 * With resolvers of graphql-tools it has to be in the form `{ resolve }`: they copy functions.
 */
export function propertyOr<Source extends object, Args, Context, Result>(
  name: string,
  resolver: ResolverOf<Source, Args, Context, Result>,
): ResolverOf<Source, Args, Context, Result> {
  const read = (object: object): Result => Reflect.get(object, name);
  const propertyFirst: typeof resolver = (source, args, context, info) =>
    Object.hasOwn(source, name) ? read(source) : resolver(source, args, context, info);
  names.set(propertyFirst, name);
  return propertyFirst;
}

/** Returns the property that a resolver reads first, if {@link propertyOr} has created it. */
export const propertyOf = (resolver: object): string | undefined => names.get(resolver);
