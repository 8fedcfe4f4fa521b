import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../context/context.ts';
import type { Bivariant } from '../bivariant.ts';
import type { GatehousePackage } from './package.ts';

/** Declares a package. Only checks types: its functions get what `open` returns. */
export const definePackage = <TSettings = Readonly<Record<string, unknown>>, TOpened = unknown>(
  definition: GatehousePackage<TSettings, TOpened>,
): GatehousePackage<TSettings, TOpened> => definition;

/** A resolver that gets the parts of its package in the place of the parent. */
type PartsResolver<TParts> = Bivariant<
  (parts: TParts, args: object, context: Context, info: GraphQLResolveInfo) => unknown
>;

/** Makes resolvers of `Query` and `Mutation` from functions that get the parts of the package first. */
export const withParts = <TParts>(
  parts: () => Promise<TParts>,
  functions: Readonly<Record<string, PartsResolver<TParts>>>,
) =>
  Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      async (_root: unknown, args: object, context: Context, info: GraphQLResolveInfo) =>
        run(await parts(), args, context, info),
    ]),
  );
