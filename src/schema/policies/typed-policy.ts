import type { AuthenticatedViewer } from '../../authentication/viewer.ts';
import type { ArgumentsOf, RowOf, SourceOf } from '../../context/field-types.ts';
import type { ColumnOf, FilterOf, SchemaTypes, TypedSchema } from '../../context/schema-types.ts';

type Schema = TypedSchema<unknown, SchemaTypes>;
type Places = SchemaTypes['policies'][string];
type Answer = boolean | Promise<boolean>;

/** A policy with the types of the places where the schema names it. One that decides about rows has both functions. */
export type TypedPolicy<TContext, TSchema extends Schema, TPlaces extends Places> = [
  TPlaces['rows'],
] extends [never]
  ? Predicate<TContext, TSchema['types'], TPlaces['fields']>
  : PolicyOfRows<TContext, TSchema, TPlaces>;

type Predicate<TContext, TTypes extends SchemaTypes, Field extends string> = (
  viewer: AuthenticatedViewer,
  source: SourceOf<TTypes, Field>,
  args: ArgumentsOf<TTypes, Field>,
  context: TContext,
) => Answer;

/**
 * A policy with both functions, as `definePolicy` returns it. Where fields ask it by `or`, it decides about the objects
 * that have them.
 */
export interface PolicyOfRows<
  TContext,
  TSchema extends Schema,
  TPlaces extends Places,
  Row = AdmittedBy<TSchema['types'], TPlaces>,
> {
  readonly reads: readonly (keyof Row & string)[];
  readonly admits: Admits<TContext, Row> | Untyped<TContext, Row>;
  readonly where: (
    viewer: AuthenticatedViewer,
    context: TContext,
  ) => FilterOfAll<TSchema, TPlaces['rows']>;
}

type Admits<TContext, Row> = (viewer: AuthenticatedViewer, row: Row, context: TContext) => Answer;

/**
 * Beside another signature, it keeps the compiler from giving types to the parameters of a function that is written in
 * place: the row would have properties that `reads` does not name. `definePolicy` gives them types.
 */
type Untyped<TContext, Row> = (
  ...call: [...Parameters<Admits<TContext, Row>>, none?: never]
) => never;

type AdmittedBy<TTypes extends SchemaTypes, TPlaces extends Places> = NonNullable<
  RowOf<TTypes, TPlaces['rows']> | SourceOf<TTypes, TPlaces['fields']>
>;

/** A filter that fits the rows of each of several types. */
type FilterOfAll<TSchema extends Schema, Type extends string> = (
  Type extends string
    ? (filter: Only<FilterOf<TSchema, Type>, ColumnOf<TSchema['client']>>) => void
    : never
) extends (filter: infer Filter) => void
  ? Filter
  : never;

/**
 * A filter without the columns of other tables. All properties of a filter are optional, so that the compiler takes one
 * with the columns of another table for it.
 */
type Only<Filter, Column extends PropertyKey> = unknown extends Filter
  ? unknown
  : Filter & { readonly [Foreign in Exclude<Column, keyof Filter>]?: never };
