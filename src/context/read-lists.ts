import type { GraphQLResolveInfo } from 'graphql';
import type { Connection } from '../values/page.ts';
import type { Direction } from './row-order.ts';

interface Model {
  findMany(args?: never): Promise<readonly object[]>;
  count(args?: never): Promise<unknown>;
}

type RowOf<TModel> = TModel extends {
  findMany(args?: infer _Args): Promise<readonly (infer Row)[]>;
}
  ? Row
  : never;

/** The filter of a model. Never: it is no model. */
export type WhereOf<TModel> = TModel extends { findMany(args?: infer Args): unknown }
  ? NonNullable<Args> extends { where?: infer Where }
    ? NonNullable<Where>
    : never
  : never;

/** Whether a column has comparisons: columns of enums, bytes and lists have none. */
type HasComparison<Filter> = true extends (
  Filter extends boolean
    ? true
    : 'gt' extends keyof Filter
      ? true
      : false
)
  ? true
  : false;

type SortableOf<TModel> = {
  [Name in keyof RowOf<TModel> & keyof WhereOf<TModel>]: HasComparison<
    WhereOf<TModel>[Name]
  > extends true
    ? Name
    : never;
}[keyof RowOf<TModel> & keyof WhereOf<TModel>];

type OneOrMore<Value> = Value | readonly Value[];

/** An order of rows by columns. Where a column can be null, nulls are last. */
type OrderOf<Row, Name extends keyof Row = keyof Row> = OneOrMore<{
  readonly [Each in Name]?: null extends Row[Each]
    ? { readonly sort: Direction; readonly nulls: 'last' }
    : Direction;
}>;

interface OrderOptions<Row, Name extends keyof Row = keyof Row> {
  /** The order. The key comes last, ascending, unless it is named. Default: the key alone. */
  readonly orderBy?: OrderOf<Row, Name>;
  /** The columns that identify a row. Default: `id`. */
  readonly key?: OneOrMore<Name & string>;
}

interface ModelOptions<TModel> extends OrderOptions<RowOf<TModel>, SortableOf<TModel>> {
  /** A filter beside that of the viewer. */
  readonly where?: WhereOf<TModel>;
}

/** The owner of rows: `{ by: 'patientId', of: patient.id }`. */
interface Ownership<Row, Owner, Name extends keyof Row & string = keyof Row & string> {
  readonly by: Name;
  readonly of: Owner;
}

/** What the functions of a list get that read its rows. */
export interface RowRequest<Filter = unknown, Owner = string> {
  /** The filter of the viewer, in the terms of the data client. Undefined: the viewer gets all rows. */
  readonly filter: Filter | undefined;
  /** The owners whose rows are read. Empty where the list has none. */
  readonly owners: readonly Owner[];
}

/** All rows of some owners. */
export interface ListRequest<Filter = unknown, Owner = string> extends RowRequest<Filter, Owner> {
  /** The number of rows after which to stop reading: with so many, the list is refused as too large. */
  readonly limit: number;
}

/** The rows of one page: at most `limit` rows after the values of `after`, in the order of the list; for each owner. */
export interface PageRequest<Row, Filter = unknown, Owner = string>
  extends RowRequest<Filter, Owner> {
  /** Undefined: the first page. A decimal is a text. */
  readonly after: { readonly [Name in keyof Row]?: Row[Name] } | undefined;
  /** One more than the page holds, which shows whether there is a next page. */
  readonly limit: number;
}

/** A column of a model, and the owner in it. */
interface ModelOwnership<TModel, Name extends keyof RowOf<TModel>> {
  readonly by: Name;
  readonly of: NonNullable<RowOf<TModel>[Name]>;
}

/** How many rows an owner has. */
type OwnedCount<Name extends string, Owner> = Readonly<Record<Name, Owner | null>> & {
  readonly count: number | bigint;
};

interface ReadPage {
  /** Reads a model of Prisma. */
  <TModel extends Model>(
    info: GraphQLResolveInfo,
    model: TModel,
    options?: ModelOptions<TModel>,
  ): Promise<Connection<RowOf<TModel>>>;
  /** Reads a page of one owner of a model, and counts the rows of all owners together. */
  <TModel extends Model, Name extends keyof RowOf<TModel> & string>(
    info: GraphQLResolveInfo,
    model: TModel,
    options: ModelOptions<TModel> & ModelOwnership<TModel, Name>,
  ): Promise<Connection<RowOf<TModel>>>;
  /** Reads with functions. */
  <Row extends object, Filter>(
    info: GraphQLResolveInfo,
    source: {
      read(request: PageRequest<Row, Filter>): Promise<readonly Row[]>;
      count?(request: RowRequest<Filter>): Promise<number>;
    },
    options?: OrderOptions<NoInfer<Row>>,
  ): Promise<Connection<Row>>;
  /** Reads the same page of many owners with a function. `count` returns a row for each owner that has rows. */
  <Row extends object, Filter, Owner, Name extends keyof Row & string>(
    info: GraphQLResolveInfo,
    source: {
      read(request: PageRequest<Row, Filter, Owner>): Promise<readonly Row[]>;
      count?(request: RowRequest<Filter, Owner>): Promise<readonly OwnedCount<Name, Owner>[]>;
    },
    options: OrderOptions<NoInfer<Row>> & Ownership<NoInfer<Row>, NoInfer<Owner>, Name>,
  ): Promise<Connection<Row>>;
}

interface ReadList {
  /** Reads a model of Prisma. */
  <TModel extends Model, Name extends keyof RowOf<TModel> & string>(
    info: GraphQLResolveInfo,
    model: TModel,
    options: ModelOptions<TModel> & ModelOwnership<TModel, Name>,
  ): Promise<readonly RowOf<TModel>[]>;
  /** Reads with a function, which returns the rows of all owners. */
  <Row extends object, Filter, Owner>(
    info: GraphQLResolveInfo,
    source: { read(request: ListRequest<Filter, Owner>): Promise<readonly Row[]> },
    options: Ownership<NoInfer<Row>, NoInfer<Owner>>,
  ): Promise<readonly Row[]>;
}

/** The functions of the context that read lists. `info` is the last argument of the field's resolver. */
export interface ReadLists {
  /**
   * Reads one page of the connection that a field returns, by its arguments `first` and `after` and with the filter of its
   * rows. `totalCount` is counted where it is selected.
   *
   * @throws {BadUserInputError} when `first` is not 1 to 100, or `after` is not a cursor of this list in this order.
   */
  readonly page: ReadPage;
  /**
   * Reads all rows of one owner, with the filter of the field's rows. The owners of one field are read together, by one
   * statement for an execution.
   *
   * @throws {AnswerTooLargeError} when they have more rows than an answer can have: half of `MAX_ANSWER_VALUES`.
   */
  readonly list: ReadList;
}
