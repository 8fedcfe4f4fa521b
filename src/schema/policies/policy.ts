import type {
  Policy as AuthorizationPolicy,
  RowPolicy as AuthorizationRowPolicy,
} from '@graphql-gatehouse/authorization';
import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../context/context.ts';
import type { SchemaOf, SchemaTypes, TypedSchema } from '../../context/schema-types.ts';
import type { Bivariant } from '../bivariant.ts';
import type { PolicyOfRows, TypedPolicy } from './typed-policy.ts';

/** A predicate without the types of a schema. */
type Predicate<TContext> = AuthorizationPolicy<Viewer, TContext>;
type RowFilter<TContext> = AuthorizationRowPolicy<Viewer, TContext>['where'];

/**
 * A predicate for a value of the enum `Policy`. By its name, a policy has the types of the places where the schema names
 * it, if the context has generated types.
 */
export type Policy<TContext = Context, Name extends PolicyName<TContext> | undefined = undefined> =
  Name extends PolicyName<TContext>
    ? TypedPolicy<TContext, SchemaOf<TContext>, SchemaOf<TContext>['types']['policies'][Name]>
    : Predicate<TContext>;

/** The name of a policy. Never: the types of the schema are not generated. */
type PolicyName<TContext> = [SchemaOf<TContext>] extends [never]
  ? never
  : keyof SchemaOf<TContext>['types']['policies'];

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
    viewer: Parameters<Predicate<TContext>>[0],
    row: Row,
    context: TContext,
  ) => ReturnType<Predicate<TContext>>;
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
  viewer: Parameters<Predicate<TContext>>[0],
  source: Readonly<Record<string, unknown>>,
  args: Parameters<Predicate<TContext>>[2],
  context: TContext,
) => ReturnType<Predicate<TContext>>;

/** A predicate, or a policy for rows. */
export type DomainPolicy<TContext> = Bivariant<SourcePolicy<TContext>> | DomainRowPolicy<TContext>;

export interface DomainRowPolicy<TContext> {
  readonly reads: readonly string[];
  readonly admits: Bivariant<RowPolicy<object, unknown, TContext>['admits']>;
  readonly where: Bivariant<RowFilter<TContext>>;
}

/** The policies of a domain, by name. */
export type PoliciesOf<TContext> = [SchemaOf<TContext>] extends [never]
  ? Readonly<Record<string, DomainPolicy<TContext>>>
  : TypedPolicies<TContext, SchemaOf<TContext>>;

type TypedPolicies<TContext, TSchema extends TypedSchema<unknown, SchemaTypes>> = {
  readonly [Name in keyof TSchema['types']['policies']]?: PolicyAt<
    TContext,
    TSchema,
    TSchema['types']['policies'][Name]
  >;
};

/** One that fields alone ask may have both functions too. One that the schema names nowhere has no types. */
type PolicyAt<
  TContext,
  TSchema extends TypedSchema<unknown, SchemaTypes>,
  TPlaces extends SchemaTypes['policies'][string],
> = [TPlaces['fields' | 'rows']] extends [never]
  ? DomainPolicy<TContext>
  :
      | TypedPolicy<TContext, TSchema, TPlaces>
      | ([TPlaces['rows']] extends [never] ? PolicyOfRows<TContext, TSchema, TPlaces> : never);

/** A policy of any project. It was compiled with the types of its schema, and is called with values of them. */
export type AnyPolicy = ((...call: never) => ReturnType<Policy>) | DomainRowPolicy<Context>;
