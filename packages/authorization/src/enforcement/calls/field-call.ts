import type { GraphQLFieldResolver } from 'graphql';

/** The call of one field, as a resolver gets it. */
export interface FieldCall<TContext> {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: TContext;
}

export type MaybePromise<T> = T | Promise<T>;

/** A resolver, whatever its field's arguments are. */
export type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext, Record<string, unknown>>;
