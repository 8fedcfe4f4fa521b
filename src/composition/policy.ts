import type {
  Policy as AuthorizationPolicy,
  RowPolicy as AuthorizationRowPolicy,
} from '@gatehouse/authorization';
import type { Viewer } from '../authentication/viewer.ts';
import type { Bivariant } from './bivariant.ts';
import type { Context } from './context.ts';

type RowFilter<TContext> = AuthorizationRowPolicy<Viewer, TContext>['where'];

/** A predicate for a value of the enum `Policy`. */
export type Policy<TContext = Context> = AuthorizationPolicy<Viewer, TContext>;

/**
 * A policy for lists, which `@auth(rows: ...)` names. Both functions must agree: `where` selects exactly the rows that
 * `admits` admits.
 */
export interface RowPolicy<Row extends object, Where, TContext = Context> {
  /** Decides about one row. In `@auth(or: ...)`, about the object that has the field. */
  readonly admits: (
    viewer: Parameters<Policy<TContext>>[0],
    row: Row,
    args: Parameters<Policy<TContext>>[2],
    context: TContext,
  ) => ReturnType<Policy<TContext>>;
  /** Returns the filter for the project's data client. It must not be asynchronous. */
  readonly where: (...args: Parameters<RowFilter<TContext>>) => Where;
}

/**
 * Declares a policy for `@auth(rows: ...)`. Only checks types.
 *
 * `Where` is the filter of the data client, such as `Prisma.InvoiceWhereInput`.
 */
export const definePolicy = <Row extends object, Where, TContext = Context>(
  policy: RowPolicy<Row, Where, TContext>,
): RowPolicy<Row, Where, TContext> => policy;

/**
 * A policy of a domain. `source` is the record with the field. At a root field it is undefined: reading a property of
 * it throws, which denies.
 */
type SourcePolicy<TContext> = RowPolicy<
  Readonly<Record<string, unknown>>,
  unknown,
  TContext
>['admits'];

/** A predicate, or a policy for lists. */
export type DomainPolicy<TContext> =
  | Bivariant<SourcePolicy<TContext>>
  | {
      readonly admits: Bivariant<RowPolicy<object, unknown, TContext>['admits']>;
      readonly where: Bivariant<RowFilter<TContext>>;
    };
