/** A direction, as Prisma writes it. */
export type Direction = 'asc' | 'desc';

/** The order by one column. A column that can be null says where nulls are. */
export type ColumnOrder = Direction | { readonly sort: Direction; readonly nulls: 'last' };

/** An order by several columns, the first one first. */
export type OrderBy = Readonly<Record<string, ColumnOrder | undefined>>;

export interface OrderColumn {
  readonly name: string;
  readonly direction: Direction;
  /** Whether it can be null. Nulls are last. */
  readonly isNullable: boolean;
}

/**
 * Returns the columns of an order, ending with those of the key: no two rows have the same place.
 *
 * @throws {TypeError} for another direction, or another place of nulls.
 */
export function parseOrder(
  orderBy: OrderBy | readonly OrderBy[] = [],
  key: string | readonly string[] = 'id',
): readonly OrderColumn[] {
  const columns = [orderBy].flat().flatMap((each) => Object.entries(each).flatMap(toColumn));
  const isMissing = (name: string) => columns.every((column) => column.name !== name);
  const keys = [key].flat();
  const missing = keys.filter(isMissing);
  if (missing.length > 0) return [...columns, ...missing.map((name) => ascending(name))];
  // Rows that agree in the whole key are one row: what comes after it orders nothing.
  const last = Math.max(...keys.map((name) => columns.findIndex((column) => column.name === name)));
  return columns.slice(0, last + 1);
}

const ascending = (name: string): OrderColumn => ({ name, direction: 'asc', isNullable: false });

function toColumn([name, order]: [string, ColumnOrder | undefined]): readonly OrderColumn[] {
  if (order === undefined) return [];
  const direction = typeof order === 'string' ? order : order.sort;
  const isNullable = typeof order !== 'string';
  if ((direction === 'asc' || direction === 'desc') && (!isNullable || order.nulls === 'last')) {
    return [{ name, direction, isNullable }];
  }
  throw new TypeError(
    `The order by ${name} must be 'asc' or 'desc', or { sort: 'asc' or 'desc', nulls: 'last' }.`,
  );
}

export const toPrismaOrder = (order: readonly OrderColumn[]): readonly object[] =>
  order.map(({ name, direction, isNullable }) => ({
    [name]: isNullable ? { sort: direction, nulls: 'last' } : direction,
  }));

/** The values of an order's columns in one row, by column. */
export type Place = Readonly<Record<string, unknown>>;

/**
 * Returns the values of a row, in the order of the columns.
 *
 * @throws {TypeError} when a value is missing, or null in a column whose order does not say where nulls are.
 */
export const valuesOf = (order: readonly OrderColumn[], row: object): readonly unknown[] =>
  order.map(({ name, isNullable }) => {
    const value: unknown = Reflect.get(row, name);
    if (value === undefined) {
      throw new TypeError(`The list is ordered by ${name}, which a row does not have.`);
    }
    if (value === null && !isNullable) {
      throw new TypeError(
        `The list is ordered by ${name}, which is null in a row: write ` +
          `{ ${name}: { sort: 'asc', nulls: 'last' } }, or 'desc'. A key is never null.`,
      );
    }
    return value;
  });

/** Returns the filter for Prisma of the rows after a place. */
export function rowsAfter([column, ...others]: readonly OrderColumn[], place: Place): object {
  // After the last column: a place is not after itself.
  if (column === undefined) return { OR: [] };
  const { name, isNullable } = column;
  const value = place[name];
  const further = furtherThan(column, value);
  const equal = others.length === 0 ? [] : [{ AND: [{ [name]: value }, rowsAfter(others, place)] }];
  const nulls = isNullable && value !== null ? [{ [name]: null }] : [];
  const following = { OR: [...further, ...nulls, ...equal] };
  if (others.length === 0 || isNullable || typeof value === 'boolean') return following;
  // Follows from the rest. PostgreSQL can begin to read an index there.
  return { AND: [{ [name]: { [least[column.direction]]: value } }, following] };
}

const least = { asc: 'gte', desc: 'lte' } as const;
const beyond = { asc: 'gt', desc: 'lt' } as const;

/** Returns the filters of the values that come after a value: none or one. Prisma cannot compare booleans. */
function furtherThan({ name, direction }: OrderColumn, value: unknown): readonly object[] {
  if (value === null) return [];
  if (typeof value !== 'boolean') return [{ [name]: { [beyond[direction]]: value } }];
  return value === (direction === 'desc') ? [{ [name]: !value }] : [];
}
