import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { type GraphQLResolveInfo, graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLists } from '../../src/context/lists.ts';
import { createReadPage } from '../../src/context/read-page.ts';
import type { OrderBy } from '../../src/context/row-order.ts';
import { timesOf } from '../support/sample.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let connection: TestDatabase;
beforeAll(async () => {
  connection = await createTestDatabase();
});
afterAll(() => connection.close());

type Model = Parameters<ReturnType<typeof createLists>['page']>[1] & {
  deleteMany(args: { readonly where: object }): Promise<unknown>;
  createMany(args: { readonly data: never[] }): Promise<unknown>;
};

/** A list of rows, and how it is read. */
interface DrawnList {
  readonly rows: readonly Row[];
  readonly orderBy: readonly OrderBy[];
  readonly filter: object | undefined;
  readonly size: number;
}

type Row = Readonly<Record<string, unknown>>;

/** A model with rows of a test. */
interface Table {
  readonly name: string;
  readonly model: () => Model;
  readonly key: readonly string[];
  readonly toRow: (n: number, values: readonly [number, bigint | null, boolean]) => Row;
  readonly columns: Readonly<Record<string, 'never null' | 'nullable'>>;
  readonly filters: readonly object[];
  readonly idOf: (row: Row) => string;
}

const tables: readonly Table[] = [
  {
    name: 'numbers, texts and big integers that can be null',
    model: () => Object(connection.owner.database.rateLimit),
    key: ['key'],
    toRow: (n, [points, expire]) => ({ key: `Mark ${n % 7} ${n}`, points, expire }),
    columns: { points: 'never null', expire: 'nullable', key: 'never null' },
    filters: [{ points: { in: [0, 2] } }, { expire: null }, { NOT: { points: 1 } }],
    idOf: ({ key }) => String(key),
  },
  {
    name: 'booleans and keys of two columns',
    model: () => Object(connection.owner.database.migrationNote),
    key: ['schema', 'name'],
    toRow: (n, [points, , isBreaking]) => ({
      schema: `s${n % 3}`,
      name: `n${n}`,
      isBreaking,
      reason: `r${points}`,
      version: 'v',
    }),
    columns: { isBreaking: 'never null', reason: 'never null', schema: 'never null' },
    filters: [{ isBreaking: true }, { reason: 'r1' }],
    idOf: ({ schema, name }) => `${schema} ${name}`,
  },
  {
    name: 'times that can be null, and UUIDs',
    model: () => Object(connection.owner.database.user),
    key: ['id'],
    toRow: (n, [points, expire]) => ({
      id: `0000000${n % 5}-0000-7000-8000-${String(n).padStart(12, '0')}`,
      username: `u${n}`,
      usernameKey: `u${n}`,
      displayName: `Name ${points}`,
      email: expire === null ? null : `e${expire}@x`,
      passwordHash: '',
      disabledAt: expire === null ? null : new Date(Number(expire % 1000n)),
    }),
    columns: { displayName: 'never null', disabledAt: 'nullable', email: 'nullable' },
    filters: [{ disabledAt: null }, { displayName: { not: 'Name 1' } }],
    idOf: ({ id }) => String(id),
  },
];

const valuesArbitrary = fc.tuple(
  fc.integer({ min: 0, max: 2 }),
  fc.option(fc.constantFrom(0n, 1n, 2n, 9_007_199_254_740_993n)),
  fc.boolean(),
);

const listArbitrary = ({ toRow, columns, filters }: Table): fc.Arbitrary<DrawnList> =>
  fc.record({
    rows: fc
      .array(valuesArbitrary, { maxLength: 24 })
      .map((all) => all.map((values, index) => toRow(index + 1, values))),
    orderBy: fc.shuffledSubarray(Object.entries(columns)).chain((chosen) =>
      fc.tuple(
        ...chosen.map(([name, kind]) =>
          fc.constantFrom('asc', 'desc').map(
            (sort): OrderBy => ({
              [name]: kind === 'nullable' ? { sort, nulls: 'last' } : sort,
            }),
          ),
        ),
      ),
    ),
    filter: fc.option(fc.constantFrom(...filters), { nil: undefined }),
    size: fc.integer({ min: 1, max: 5 }),
  });

const typeDefs = `
  scalar Row
  type Query { rows(first: Int, after: String): Rows! }
  type Rows { edges: [Edge!]! pageInfo: PageInfo! totalCount: Int! }
  type Edge { node: Row! cursor: String! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }`;

const pageQuery = `query ($first: Int, $after: String) { rows(first: $first, after: $after) {
  edges { node } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`;

interface PageOfRows {
  readonly edges: readonly { readonly node: Row }[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Creates the function that reads one page of a list through GraphQL. */
function pagesOf({ model, key }: Table, { orderBy, filter, size }: DrawnList) {
  const readPage = createReadPage(async () => 'secret');
  const { page } = createLists({ maxRows: 1_000, rows: () => filter, readPage });
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: {
      Query: {
        rows: (_query: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo) =>
          page(info, model(), { orderBy, key }),
      },
    },
  });
  return async (after: string | null): Promise<PageOfRows> => {
    const variableValues = { first: size, after };
    const { data, errors } = await graphql({ schema, source: pageQuery, variableValues });
    expect(errors).toBeUndefined();
    return Object(data).rows;
  };
}

async function replaceRows({ model }: Table, rows: readonly Row[]): Promise<void> {
  await model().deleteMany({ where: {} });
  await model().createMany({ data: Object(rows) });
}

async function readAll(table: Table, { filter, orderBy }: DrawnList): Promise<readonly string[]> {
  const keys = table.key.filter((name) => orderBy.every((each) => !(name in each)));
  const found = await Object(table.model()).findMany({
    where: filter ?? {},
    orderBy: [...orderBy, ...keys.map((name) => ({ [name]: 'asc' }))],
  });
  return found.map(table.idOf);
}

/** Reads page after page. `between` runs before each page but the first. */
async function walk(
  table: Table,
  list: DrawnList,
  between: () => Promise<void> = async () => {},
): Promise<readonly PageOfRows[]> {
  const read = pagesOf(table, list);
  const pages = [await read(null)];
  for (let last = pages.at(-1); last?.pageInfo.hasNextPage === true; last = pages.at(-1)) {
    expect(pages.length).toBeLessThan(100);
    await between();
    pages.push(await read(last.pageInfo.endCursor));
  }
  return pages;
}

const idsOn = (table: Table, pages: readonly PageOfRows[]): readonly string[] =>
  pages.flatMap(({ edges }) => edges.map(({ node }) => table.idOf(node)));

const numRuns = timesOf(100, 24);

describe.each(tables)('pages of a list of $name', (table) => {
  it('are together the filtered list in its order, whatever the order and the size of a page', async () => {
    const property = fc.asyncProperty(listArbitrary(table), async (list) => {
      await replaceRows(table, list.rows);
      const all = await readAll(table, list);
      const pages = await walk(table, list);
      expect(idsOn(table, pages)).toEqual(all);
      expect(pages.map(({ totalCount }) => totalCount)).toEqual(pages.map(() => all.length));
      expect(pages.slice(0, -1).every(({ edges }) => edges.length === list.size)).toBe(true);
    });
    await fc.assert(property, { numRuns });
  });

  it('never show a row twice, and every row that stays, while others are inserted and deleted', async () => {
    const property = fc.asyncProperty(
      listArbitrary(table),
      fc.array(fc.array(valuesArbitrary, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(23), { maxLength: 8 }),
      async (list, insertions, deletions) => {
        await replaceRows(table, list.rows);
        const doomed = new Set(deletions);
        const staying = list.rows.filter((_row, index) => !doomed.has(index)).map(table.idOf);
        const seenFirst = await readAll(table, list);
        let step = 0;
        const pages = await walk(table, list, async () => {
          const values = insertions[step] ?? [];
          const inserted = values.map((each, n) => table.toRow(1000 + 10 * step + n, each));
          await table.model().createMany({ data: Object(inserted) });
          const row = list.rows[deletions[step] ?? -1];
          const key = table.key.map((name) => ({ [name]: row?.[name] }));
          if (row !== undefined) await table.model().deleteMany({ where: { AND: key } });
          step += 1;
        });
        const seen = idsOn(table, pages);
        expect(new Set(seen).size).toBe(seen.length);
        const missing = seenFirst.filter((id) => staying.includes(id) && !seen.includes(id));
        expect(missing).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: numRuns / 2 });
  });
});
