import { checkNames, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { GraphQLResolveInfo } from 'graphql';
import { argumentsOf } from '../values/field-arguments.ts';
import type { Connection } from '../values/page.ts';
import { selectedNamesOf } from '../values/selected-fields.ts';
import { createOwnerBatches, type OwnedRows, type ReadOwned } from './owner-batches.ts';
import type { PageRequest, ReadPage } from './read-page.ts';
import {
  type OrderBy,
  type OrderColumn,
  parseOrder,
  rowsAfter,
  toPrismaOrder,
} from './row-order.ts';

/** A model of Prisma, as far as lists use it. */
interface ModelSource {
  findMany(args: object): Promise<readonly object[]>;
  count(args: object): Promise<unknown>;
  groupBy(args: object): Promise<readonly object[]>;
}

/** What functions that read rows get: `after` and `limit` for a page. */
interface RowRequest extends Partial<PageRequest> {
  readonly filter: unknown;
  readonly owners: readonly unknown[];
}

/** Functions that read rows. With owners, `count` returns a row with the property `count` for each. */
interface RowSource {
  read(request: RowRequest): Promise<readonly object[]>;
  count?(request: RowRequest): Promise<unknown>;
}

type Source = ModelSource | RowSource;

interface ListOptions {
  readonly where?: object;
  readonly orderBy?: OrderBy | readonly OrderBy[];
  readonly key?: string | readonly string[];
  /** The property of the rows that has their owner, and the owner whose rows are read. */
  readonly by?: string;
  readonly of?: unknown;
}

const optionNames = {
  where: 'any',
  orderBy: 'any',
  key: 'any',
  by: 'any',
  of: 'any',
} satisfies ShapesOf<ListOptions>;

/** The functions of the context that read lists. Resolvers of projects see their types as `ReadLists`. */
export interface Lists {
  page(
    info: GraphQLResolveInfo,
    source: Source,
    options?: ListOptions,
  ): Promise<Connection<object>>;
  list(info: GraphQLResolveInfo, source: Source, options: ListOptions): Promise<readonly object[]>;
}

export interface ListDependencies {
  /** Returns the filter of the rows that a field may return to the viewer. */
  readonly rows: (info: GraphQLResolveInfo) => unknown;
  readonly readPage: ReadPage;
  /** The maximum number of rows of all owners that are read at once. */
  readonly maxRows: number;
}

/** Creates the functions that read lists with the filter of their field. */
export function createLists({ rows, readPage, maxRows }: ListDependencies): Lists {
  const readOwned = createOwnerBatches(maxRows);
  return {
    async page(info, source, options = {}) {
      requireOptions('page', options);
      const filter = rows(info);
      const order = parseOrder(options.orderBy, options.key);
      const reading = { info, filter, order, options, readOwned };
      const { read, count } = readerOf(source, reading);
      const { parentType, fieldName } = info;
      const asked = { list: `${parentType.name}.${fieldName}`, order, args: pageArgumentsOf(info) };
      const isCounted = count !== undefined && selectedNamesOf(info).has('totalCount');
      let total: unknown;
      const page = await readPage(asked, async (request) => {
        const [found, counted] = await Promise.all([
          read(request),
          isCounted ? count() : undefined,
        ]);
        total = counted;
        return found;
      });
      return isCounted ? Object.assign(page, { totalCount: Number(total) }) : page;
    },

    async list(info, source, options) {
      requireOptions('list', options);
      if (options.by === undefined) throw new TypeError('list: name the owner by `by` and `of`.');
      const filter = rows(info);
      const order = parseOrder(options.orderBy, options.key);
      const reading = { info, filter, order, options, readOwned };
      // One more than may be read, which shows that there are more.
      return readOwners(source, reading, maxRows + 1);
    },
  };
}

/**
 * An owner that is undefined, such as a property that was not read, would be all owners for Prisma.
 *
 * @throws {TypeError} for an unknown option, and for `by` and `of` without the other.
 */
function requireOptions(caller: string, options: ListOptions): void {
  checkNames(caller, options, optionNames);
  if ((options.by === undefined) === (options.of === undefined)) return;
  throw new TypeError(
    `${caller}: \`by\` and \`of\` must both be given, or neither: \`${options.by === undefined ? 'by' : 'of'}\` is undefined.`,
  );
}

function pageArgumentsOf(info: GraphQLResolveInfo) {
  const { first, after } = argumentsOf(info);
  return {
    first: typeof first === 'number' ? first : undefined,
    after: typeof after === 'string' ? after : undefined,
  };
}

interface Reading {
  readonly info: GraphQLResolveInfo;
  readonly filter: unknown;
  readonly order: readonly OrderColumn[];
  readonly options: ListOptions;
  readonly readOwned: ReadOwned;
}

/** Reads the rows of one page, and counts those of all pages. */
interface Reader {
  read(request: PageRequest): Promise<readonly object[]>;
  count?: (() => Promise<unknown>) | undefined;
}

function readerOf(source: Source, reading: Reading): Reader {
  const { info, filter, order, options, readOwned } = reading;
  const { by, of: owner } = options;
  if ('findMany' in source) {
    const owned = by === undefined ? {} : { [by]: owner };
    return {
      // Prisma reads no page of several owners.
      read: ({ after, limit }) =>
        source.findMany({
          where: whereOf(reading, owned, after === undefined ? {} : rowsAfter(order, after)),
          orderBy: toPrismaOrder(order),
          take: limit,
        }),
      count: () =>
        by === undefined
          ? source.count({ where: whereOf(reading) })
          : countOwned(reading, by, (owners) =>
              source.groupBy({
                by: [by],
                where: whereOf(reading, { [by]: { in: owners } }),
                _count: true,
              }),
            ),
    };
  }
  const count = source.count?.bind(source);
  if (by === undefined) {
    const owners: readonly unknown[] = [];
    return {
      read: (request) => source.read({ filter, owners, ...request }),
      count: count && (() => count({ filter, owners })),
    };
  }
  return {
    read: (request) => {
      const question = { filter, order, ...request };
      const read = (owners: readonly unknown[]) => source.read({ filter, owners, ...request });
      return readOwned(info, { owner, by, question, read });
    },
    count:
      count &&
      (() => countOwned(reading, by, async (owners) => asRows(await count({ filter, owners })))),
  };
}

/** Counts the rows of one owner, together with those of the other owners. An owner without rows needs no count. */
async function countOwned(
  { info, filter, options: { of: owner, where }, readOwned }: Reading,
  by: string,
  read: OwnedRows['read'],
): Promise<unknown> {
  const question = { filter, where, isCount: true };
  const [row] = await readOwned(info, { owner, by, question, read });
  if (row === undefined) return 0;
  return Reflect.get(row, '_count' in row ? '_count' : 'count');
}

/** Reads all rows of one owner. `limit`: for all owners that are read together. */
function readOwners(source: Source, reading: Reading, limit: number): Promise<readonly object[]> {
  const { info, filter, order, options, readOwned } = reading;
  const { by = '', of: owner, where } = options;
  const read = (owners: readonly unknown[]) =>
    'findMany' in source
      ? source.findMany({
          where: whereOf(reading, { [by]: { in: owners } }),
          orderBy: toPrismaOrder(order),
          take: limit,
        })
      : source.read({ filter, owners, limit });
  return readOwned(info, { owner, by, question: { filter, order, where }, read });
}

const whereOf = (
  { filter, options: { where } }: Reading,
  ...conditions: readonly object[]
): object => ({
  AND: [filter ?? {}, where ?? {}, ...conditions],
});

/** @throws {TypeError} for a count that is no list of rows, as of a list without owners. */
function asRows(counts: unknown): readonly object[] {
  if (Array.isArray(counts)) return counts;
  throw new TypeError(
    'With `by` and `of`, `count` returns a row for each owner: its id, and `count`.',
  );
}
