import { isDeepStrictEqual } from 'node:util';
import { type Cursors, createCursors } from '../values/cursor.ts';
import {
  type Connection,
  type PageArguments,
  parsePageSize,
  toConnection,
} from '../values/page.ts';
import { type OrderColumn, type Place, valuesOf } from './row-order.ts';

export interface AskedPage {
  /** Names the list, such as the coordinate of its field. Cursors of other lists are refused. */
  readonly list: string;
  readonly order: readonly OrderColumn[];
  readonly args: PageArguments;
}

export interface PageRequest {
  /** The place after which they begin. Undefined: the first page. */
  readonly after: Place | undefined;
  /** How many at most: one more than the page holds, which shows whether there is a next page. */
  readonly limit: number;
}

/**
 * Reads one page of a list.
 *
 * @throws {BadUserInputError} when `first` is not 1 to 100, or `after` is not a cursor of this list in this order.
 */
export type ReadPage = <Row extends object>(
  asked: AskedPage,
  read: (request: PageRequest) => Promise<readonly Row[]>,
) => Promise<Connection<Row>>;

/** Creates the function that reads pages. `readSecret` reads the secret of the cursors, once unless it fails. */
export function createReadPage(readSecret: () => Promise<string>): ReadPage {
  let reading: Promise<Cursors> | undefined;
  async function readCursors(): Promise<Cursors> {
    try {
      return createCursors(await readSecret());
    } catch (error) {
      reading = undefined;
      throw error;
    }
  }

  return async ({ list, order, args }, read) => {
    const size = parsePageSize(args.first);
    reading ??= readCursors();
    const { seal, open } = await reading;
    const scope = JSON.stringify([list, order]);
    const after = args.after ?? undefined;
    const place = after === undefined ? undefined : toPlace(order, open(scope, after));
    const found = await read({ after: place, limit: size + 1 });
    const rows = found.slice(0, size);
    // Also without a cursor: rows in another order would be missing on the next page.
    const [first] = rows.map((row) => valuesOf(order, row));
    if (place !== undefined && isDeepStrictEqual(first, Object.values(place))) throw inexactOrder();
    return toConnection({
      rows,
      hasNextPage: found.length > size,
      // The cursor is that of an earlier edge.
      hasPreviousPage: after !== undefined,
      cursorOf: (row) => seal(scope, valuesOf(order, row)),
    });
  };
}

const inexactOrder = () =>
  new TypeError(
    'The first row of a page is the last one of the page before. The order has a column with more digits than the data ' +
      'client reads, such as microseconds, or `read` returns rows that are not after `after`.',
  );

const toPlace = (order: readonly OrderColumn[], values: readonly unknown[]): Place =>
  Object.fromEntries(order.map(({ name }, index) => [name, values[index]]));
