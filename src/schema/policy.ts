import type {
  Policy as AuthorizationPolicy,
  RowPolicy as AuthorizationRowPolicy,
} from '@gatehouse/authorization';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';
import type { Bivariant } from './bivariant.ts';

type RowFilter<TContext> = AuthorizationRowPolicy<Viewer, TContext>['where'];

/** A predicate for a value of the enum `Policy`. */
export type Policy<TContext = Context> = AuthorizationPolicy<Viewer, TContext>;

/**
 * A policy for rows, which `@auth(rows: ...)` names. Both functions must agree: `where` selects exactly the rows that
 * `admits` admits. Neither gets arguments: the policy means the same on every way to a row.
 */
export interface RowPolicy<Row extends object, Where, TContext = Context> {
  /**
   * The properties that `admits` reads. Where one of them is undefined in a row, the policy admits no one to it, and the
   * log names the property.
   */
  readonly reads: readonly (keyof Row & string)[];
  /** Decides about one row. In `@auth(or: ...)`, about the object that has the field. */
  readonly admits: (
    viewer: Parameters<Policy<TContext>>[0],
    row: Row,
    context: TContext,
  ) => ReturnType<Policy<TContext>>;
  /** Returns the filter for the project's data client. It must not be asynchronous. */
  readonly where: (...args: Parameters<RowFilter<TContext>>) => Where;
}

/**
 * Declares a policy for `@auth(rows: ...)`. Only checks types: the row of `admits` has the properties in `reads`, of any
 * type or as `admits` declares them.
 */
export const definePolicy = <
  const Name extends string,
  Row extends Readonly<Record<Name, unknown>>,
  Where,
  TContext = Context,
>(
  policy: RowPolicy<Row, Where, TContext> & {
    readonly reads: readonly (Exclude<keyof Row, Name> extends never ? Name : never)[];
  },
): RowPolicy<NoInfer<Row>, Where, TContext> => policy;

/**
 * A policy of a domain. `source` is the record with the field. At a root field it is undefined: reading a property of
 * it throws, which denies.
 */
type SourcePolicy<TContext> = (
  viewer: Parameters<Policy<TContext>>[0],
  source: Readonly<Record<string, unknown>>,
  args: Parameters<Policy<TContext>>[2],
  context: TContext,
) => ReturnType<Policy<TContext>>;

/** A predicate, or a policy for rows. */
export type DomainPolicy<TContext> =
  | Bivariant<SourcePolicy<TContext>>
  | {
      readonly reads: readonly string[];
      readonly admits: Bivariant<RowPolicy<object, unknown, TContext>['admits']>;
      readonly where: Bivariant<RowFilter<TContext>>;
    };
