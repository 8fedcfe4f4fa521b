import { fileURLToPath } from 'node:url';
import { type DatabaseAccess, defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import type { Context } from '../../packages/create-graphql-gatehouse/template/src/context.ts';
import { PrismaClient } from '../../packages/create-graphql-gatehouse/template/src/generated/prisma/client.ts';
import { startTestGatehouse } from '../../src/testing.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);

type Info = Parameters<Context['page']>[0];

const lists = defineDomain<Context>({
  name: 'lists',
  typeDefs: `
  extend type Query {
    "By amount." byAmount(first: Int, after: String, isPaid: Boolean): InvoiceConnection!
      @auth(requires: [ACCOUNTANT], rows: [INVOICE_CUSTOMER])
    "By payment." byPayment(first: Int, after: String, from: Direction = LATEST): InvoiceConnection!
      @auth(requires: [ACCOUNTANT], rows: [INVOICE_CUSTOMER])
    "In an order that forgets nulls." wrong(first: Int, after: String): InvoiceConnection!
      @auth(requires: [ACCOUNTANT], rows: [INVOICE_CUSTOMER])
  }
  "A direction." enum Direction { LATEST EARLIEST }
  extend type User {
    "Of one kind." ofKind(isPaid: Boolean): [Invoice!]! @auth(requires: [ACCOUNTANT], rows: [INVOICE_CUSTOMER])
    "A page." pages(first: Int, after: String): InvoiceConnection!
      @auth(requires: [ACCOUNTANT], rows: [INVOICE_CUSTOMER])
  }`,
  resolvers: {
    Query: {
      byAmount: (_query: unknown, { isPaid }: IsPaid, { db, page }: Context, info: Info) =>
        page(info, db.invoice, { where: paidAt(isPaid), orderBy: { totalCents: 'desc' } }),
      byPayment: (_query: unknown, { from }: From, { db, page }: Context, info: Info) => {
        const sort = from === 'LATEST' ? 'desc' : 'asc';
        return page(info, db.invoice, { orderBy: { paidAt: { sort, nulls: 'last' } } });
      },
      wrong: (_query: unknown, _args: unknown, { db, page }: Context, info: Info) =>
        // @ts-expect-error The column can be null.
        page(info, db.invoice, { orderBy: { paidAt: 'asc' } }),
    },
    User: {
      ofKind: ({ id }: User, { isPaid }: IsPaid, { db, list }: Context, info: Info) =>
        list(info, db.invoice, { by: 'customerId', of: id, where: paidAt(isPaid) }),
      pages: ({ id }: User, _args: unknown, { db, page }: Context, info: Info) =>
        page(info, db.invoice, { by: 'customerId', of: id }),
    },
  },
});

interface IsPaid {
  readonly isPaid?: boolean | null;
}

interface From {
  readonly from: 'LATEST' | 'EARLIEST';
}

interface User {
  readonly id: string;
}

const paidAt = (isPaid: IsPaid['isPaid']) =>
  isPaid == null ? {} : { paidAt: isPaid ? { not: null } : null };

/** The methods of models that were called. */
let calls: string[] = [];
beforeEach(() => {
  calls = [];
});

/** A call of Prisma's extension for queries. */
interface Call {
  readonly model: string;
  readonly operation: string;
  readonly args: unknown;
  query(args: unknown): Promise<unknown>;
}

const database = ({ adapter }: DatabaseAccess) =>
  new PrismaClient({ adapter }).$extends({
    query: {
      $allModels: {
        $allOperations({ model, operation, args, query }: Call) {
          calls.push(`${model}.${operation}`);
          return query(args);
        },
      },
    },
  });

const start = (databaseUrl: string | undefined) =>
  startTestGatehouse(
    { ...config, domains: [...(config.domains ?? []), lists], database },
    {
      directory,
      log: (line) => void logged.push(line),
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    },
  );
const logged: string[] = [];

let gate: Awaited<ReturnType<typeof start>>;
let dropDatabase = async () => {};
let ada: Viewer;
let bob: Viewer;
let accountant: Viewer;

type Viewer = Awaited<ReturnType<(typeof gate)['viewer']>>;

beforeAll(async () => {
  const isEmbedded = process.env.TEST_DATABASE_KIND !== 'postgresql';
  const postgres = isEmbedded ? undefined : await createPostgresDatabase();
  dropDatabase = postgres?.drop ?? dropDatabase;
  gate = await start(postgres?.url);
  [ada, bob] = [await gate.viewer({ groups: ['AUDITOR'] }), await gate.viewer()];
  accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
  for (const [{ id: customerId }, totalCents, day] of [
    [ada, 100, 3],
    [bob, 300, undefined],
    [ada, 300, undefined],
    [ada, 200, 1],
    [bob, 200, 2],
  ] as const) {
    const paidAt = day === undefined ? null : new Date(Date.UTC(2026, 0, day));
    await gate.db.invoice.create({ data: { customerId, totalCents, paidAt } });
  }
});
afterAll(async () => {
  await gate.close();
  await dropDatabase();
});

interface Answer {
  readonly [list: string]: {
    readonly totalCount?: number;
    readonly pageInfo: { readonly endCursor: string };
    readonly edges: readonly {
      readonly cursor: string;
      readonly node: { readonly totalCents: number };
    }[];
  };
}

/** Reads a list. Returns the amounts, and the cursors. */
async function read({ run }: Viewer, field: string, args = '') {
  const text = `{ ${field}${args} { edges { cursor node { totalCents } } } }`;
  const { data, ...answer } = await run<Answer>(text);
  const edges = data?.[field]?.edges ?? [];
  return {
    ...answer,
    amounts: edges.map(({ node }) => node.totalCents),
    cursors: edges.map(({ cursor }) => cursor),
  };
}

describe('a page', () => {
  it('is read by the filter of the viewer, in the order of the list with nulls last', async () => {
    expect((await read(accountant, 'byAmount')).amounts).toEqual([300, 300, 200, 200, 100]);
    expect((await read(ada, 'byAmount')).amounts).toEqual([300, 200, 100]);
    expect((await read(ada, 'byAmount', '(isPaid: true)')).amounts).toEqual([200, 100]);
    expect((await read(ada, 'byPayment')).amounts).toEqual([100, 200, 300]);
    expect((await read(ada, 'byPayment', '(from: EARLIEST)')).amounts).toEqual([200, 100, 300]);
  });

  it('continues after a cursor of another viewer, with the rows of the own viewer alone', async () => {
    const { cursors } = await read(accountant, 'byAmount');
    const readAfter = (index: number) => read(ada, 'byAmount', `(after: "${cursors[index]}")`);
    // The first one is of an invoice that is hidden from ada.
    expect((await readAfter(0)).amounts).toEqual([300, 200, 100]);
    expect((await readAfter(1)).amounts).toEqual([200, 100]);
    expect((await readAfter(4)).amounts).toEqual([]);
  });

  it('has cursors that are refused in another list and in another order, with one message', async () => {
    const [cursor] = (await read(ada, 'byPayment')).cursors;
    expect((await read(ada, 'byPayment', `(after: "${cursor}")`)).amounts).toEqual([200, 300]);
    const refused = [
      await read(ada, 'byAmount', `(after: "${cursor}")`),
      await read(ada, 'invoices', `(after: "${cursor}")`),
      await read(ada, 'byPayment', `(from: EARLIEST, after: "${cursor}")`),
      await read(ada, 'byPayment', '(after: "")'),
      await read(ada, 'byPayment', `(after: "${ada.id}")`),
    ];
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
    const messages = refused.map(({ errors }) => errors?.map(({ message }) => message));
    expect(new Set(messages.flat())).toEqual(
      new Set(['`after` is not a valid cursor for this connection.']),
    );
  });

  it('has cursors that are refused when a bit is flipped', async () => {
    const [cursor = ''] = (await read(ada, 'byAmount')).cursors;
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 17) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { status } = await read(ada, 'byAmount', `(after: "${changed.toString('base64url')}")`);
      expect(status, `bit ${bit}`).toBe(400);
    }
  });

  it.each([
    { text: '{ byAmount { edges { cursor } } }', counts: 0 },
    { text: '{ byAmount { totalCount } }', counts: 1 },
    { text: '{ byAmount { many: totalCount again: totalCount } }', counts: 1 },
    {
      text: '{ byAmount { ... { ...Total } } } fragment Total on InvoiceConnection { totalCount }',
      counts: 1,
    },
    {
      text: 'query ($no: Boolean = false) { byAmount { totalCount @include(if: $no) __typename } }',
      counts: 0,
    },
    {
      text: 'query ($yes: Boolean = true) { byAmount { ... @skip(if: $yes) { totalCount } __typename } }',
      counts: 0,
    },
    {
      text: 'query ($yes: Boolean = true) { byAmount { totalCount @include(if: $yes) } }',
      counts: 1,
    },
  ])('is counted $counts times for $text, compiled or not', async ({ text, counts }) => {
    for (let time = 0; time < 3; time += 1) {
      calls = [];
      expect((await ada.run(text)).status).toBe(200);
      expect(calls.toSorted()).toEqual([
        ...Array<string>(counts).fill('Invoice.count'),
        'Invoice.findMany',
      ]);
    }
  });

  it('counts what the filter of the viewer and the arguments select', async () => {
    const text = '{ all: byAmount { totalCount } paid: byAmount(isPaid: true) { totalCount } }';
    const totals = async ({ run }: Viewer) => (await run<Answer>(text)).data;
    expect(await totals(ada)).toEqual({ all: { totalCount: 3 }, paid: { totalCount: 2 } });
    expect(await totals(accountant)).toEqual({ all: { totalCount: 5 }, paid: { totalCount: 3 } });
  });

  it('is not delivered when its order forgets that a column can be null', async () => {
    expect(await read(ada, 'wrong')).toMatchObject({ status: 500 });
    expect(logged.join()).toContain('paidAt: { sort:');
  });
});

interface Nested {
  readonly users: {
    readonly edges: readonly {
      readonly node: {
        readonly id: string;
        readonly ofKind: readonly { readonly totalCents: number }[];
      };
    }[];
  };
}

describe('a list below many objects', () => {
  const amountsOf = (data: Nested | null | undefined, { id }: Viewer) =>
    data?.users.edges
      .find(({ node }) => node.id === id)
      ?.node.ofKind.map(({ totalCents }) => totalCents);

  it('is read by one statement for each execution, with the rows of its viewer alone', async () => {
    const text = '{ users { edges { node { id ofKind { totalCents } } } } }';
    const both = await Promise.all([ada, accountant].map(({ run }) => run<Nested>(text)));
    const amounts = both.map(({ data }) => [amountsOf(data, ada), amountsOf(data, bob)]);
    expect(amounts).toEqual([
      [[100, 300, 200], []],
      [
        [100, 300, 200],
        [300, 200],
      ],
    ]);
    expect(calls).toEqual(['Invoice.findMany', 'Invoice.findMany']);
  });

  it('is read by one statement for each field with other arguments', async () => {
    const text = `{ users { edges { node { id ofKind(isPaid: true) { totalCents }
      open: ofKind(isPaid: false) { totalCents } } } } }`;
    const { data } = await accountant.run<Nested>(text);
    expect([amountsOf(data, ada), amountsOf(data, bob)]).toEqual([[100, 200], [200]]);
    expect(calls).toEqual(['Invoice.findMany', 'Invoice.findMany']);
  });

  it('costs one statement for each object as pages of a model, which are counted together', async () => {
    const text = `{ users { edges { node { id pages(first: 2) { totalCount pageInfo { endCursor }
      edges { node { totalCents } } } } } } }`;
    const { data } = await accountant.run<Pages>(text);
    expect(pageOf(data, ada)).toMatchObject({
      totalCount: 3,
      edges: [{ node: { totalCents: 100 } }, { node: { totalCents: 300 } }],
    });
    expect(pageOf(data, bob)?.totalCount).toBe(2);
    expect(pageOf(data, accountant)?.totalCount).toBe(0);
    const users = await gate.db.user.count();
    const ofInvoices = calls.filter((call) => call.startsWith('Invoice.'));
    expect(ofInvoices.toSorted()).toEqual([
      ...Array<string>(users).fill('Invoice.findMany'),
      'Invoice.groupBy',
    ]);
    const { endCursor } = pageOf(data, ada)?.pageInfo ?? {};
    const rest = text.replace('first: 2', `first: 2, after: "${endCursor}"`);
    const narrowed = (await ada.run<Pages>(rest)).data;
    expect(pageOf(narrowed, ada)).toMatchObject({
      totalCount: 3,
      edges: [{ node: { totalCents: 200 } }],
    });
    expect(pageOf(narrowed, bob)).toMatchObject({ totalCount: 0, edges: [] });
  });
});

interface Pages {
  readonly users: {
    readonly edges: readonly {
      readonly node: { readonly id: string; readonly pages: Answer[string] };
    }[];
  };
}

const pageOf = (data: Pages | null | undefined, { id }: Viewer) =>
  data?.users.edges.find(({ node }) => node.id === id)?.node.pages;
