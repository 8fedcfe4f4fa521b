import type { ShapesOf } from '../../options/shape.ts';

/** How the rows of one type are read by their ids. */
export interface RowType<TContext> {
  /**
   * Returns rows with these ids, in any order. It may return fewer, or one twice. `where` is the filter of the rows that
   * exist for the viewer, in the terms of the application's data client, or undefined for all rows.
   */
  readonly byIds: (
    ids: readonly unknown[],
    call: { readonly where: unknown; readonly context: TContext },
  ) => Promise<readonly unknown[]> | readonly unknown[];
  /** Returns the id of a row. Default: its `id`. */
  readonly idOf?: (row: Readonly<Record<string, unknown>>) => unknown;
  /**
   * Whether an error of `byIds` says that the database cannot read an id, such as a text that is no UUID. The id is then
   * missing. Default: no error does.
   */
  readonly isWrongId?: (error: unknown) => boolean;
  /** Returns the id of a place of this type for filters, by its text. Default: the text. */
  readonly toId?: (text: string) => unknown;
  /** To which places the rows of the type belong, by the type of the places, where no property of a row says it. */
  readonly within?: Readonly<Record<string, RowPlace>>;
  /** Returns the name of the object type of a row of an interface or union. Default: its `__typename`. */
  readonly typeOf?: (row: Readonly<Record<string, unknown>>) => unknown;
}

/** To which place of a type a row belongs. Both functions must agree, like those of a policy. */
export interface RowPlace {
  /** The properties that `of` reads. A row in which one of them is undefined is in no place. */
  readonly reads: readonly string[];
  /** Returns the id of its place. Null: it is in none. */
  readonly of: (row: Readonly<Record<string, unknown>>) => unknown;
  /** Returns the filter of the rows in these places, in the terms of the application's data client. */
  readonly where: (ids: readonly unknown[]) => unknown;
}

/** The types whose rows are read by ids: those that `@references` names, and those that `find` reads. */
export interface RowTypeOptions<TContext> {
  readonly types?: Readonly<Record<string, RowType<TContext>>>;
}

const rowPlaceShapes = {
  reads: 'any',
  of: 'function',
  where: 'function',
} satisfies ShapesOf<RowPlace>;

/** The options of a type. That it has `byIds` is checked where the type is referenced. */
export const rowTypeShapes = {
  byIds: 'any',
  idOf: 'function?',
  isWrongId: 'function?',
  toId: 'function?',
  within: { each: { keys: rowPlaceShapes } },
  typeOf: 'function?',
} satisfies ShapesOf<RowType<never>>;

/** A type by its name. */
export interface NamedRowType<TContext> {
  readonly name: string;
  readonly type: RowType<TContext>;
}

/** Returns the function that names the object type of a row of an interface or union. */
export const typeOfRow = <TContext>(type: RowType<TContext> | undefined) =>
  type?.typeOf ?? (({ __typename }: Readonly<Record<string, unknown>>) => __typename);
