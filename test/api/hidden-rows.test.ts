import { fileURLToPath } from 'node:url';
import type { CustomClient, GatehouseConfig } from 'graphql-gatehouse';
import { startTestGatehouse } from 'graphql-gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import drizzle, { store as drizzleStore } from '../../examples/data-clients/drizzle.config.ts';
import kysely, { store as kyselyStore } from '../../examples/data-clients/kysely.config.ts';
import type { ParcelStore } from '../../examples/data-clients/parcel.ts';
import pg, { store as pgStore } from '../../examples/data-clients/pg.config.ts';
import template from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import type { Prisma } from '../../packages/create-graphql-gatehouse/template/src/generated/prisma/client.ts';
import { ask } from '../support/ask.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/test-database.ts';

const isEmbedded = process.env.TEST_DATABASE_KIND !== 'postgresql';
const rowCount = isWhole ? 3_000 : 600;
const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Viewer {
  readonly id: string;
  readonly accessToken: string;
}

/** A project with a list of rows that belong to users. */
interface Subject {
  readonly url: string;
  /** A field that returns a connection with `totalCount`, and a field of its nodes. */
  readonly list: string;
  readonly value: string;
  readonly table: string;
  readonly owner: string;
  aViewer(groups?: readonly string[]): Promise<Viewer>;
  sql(text: string): Promise<unknown>;
  checkRows(viewers: readonly Viewer[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Start = (options: { readonly databaseUrl?: string }) => Promise<Subject>;

const startPrisma: Start = async (options) => {
  const directory = folder('packages/create-graphql-gatehouse/template');
  const gate = await startTestGatehouse(template, { ...options, directory });
  const { db } = gate;
  return {
    url: gate.url,
    close: gate.close,
    list: 'invoices',
    value: 'totalCents',
    table: 'invoices',
    owner: 'customer_id',
    aViewer: (groups = []) => gate.viewer({ groups }),
    sql: (text) => db.$executeRawUnsafe(text),
    checkRows: (viewers) =>
      gate.checkRows({
        policy: 'INVOICE_CUSTOMER',
        viewers,
        read: (where: Prisma.InvoiceWhereInput = {}) => db.invoice.findMany({ where }),
      }),
  };
};

const startParcels =
  <TClient extends object, TFilter>(
    config: GatehouseConfig<CustomClient<TClient>>,
    store: ParcelStore<TClient, TFilter>,
  ): Start =>
  async (options) => {
    const gate = await startTestGatehouse<CustomClient<TClient>>(config, {
      ...options,
      directory: folder('examples/data-clients'),
    });
    const { db } = gate;
    return {
      url: gate.url,
      close: gate.close,
      list: 'parcels',
      value: 'label',
      table: 'parcels',
      owner: 'recipient_id',
      aViewer: (groups = []) => gate.viewer({ groups }),
      sql: (text) => db.transaction((tx) => db.query(tx)(text, [])),
      checkRows: (viewers) =>
        gate.checkRows({
          policy: 'RECIPIENT',
          viewers,
          read: (filter?: TFilter) =>
            db.transaction((tx) => store.list(tx, { filter, limit: 2 * rowCount })),
        }),
    };
  };

const subjects = [
  { name: 'Prisma', start: startPrisma },
  { name: 'Drizzle', start: startParcels(drizzle, drizzleStore) },
  { name: 'plain pg', start: startParcels(pg, pgStore) },
  // On PostgreSQL alone, as the example says.
  ...(isEmbedded ? [] : [{ name: 'Kysely', start: startParcels(kysely, kyselyStore) }]),
];

describe.each(sampleOf(subjects, ({ name }) => name === 'Prisma' || name === 'Kysely'))(
  'rows that a viewer may not see, by $name',
  ({ start }) => {
    let database: PostgresDatabase | undefined;
    let subject: Subject;
    let viewers: readonly Viewer[];
    let ada: Viewer;
    beforeAll(async () => {
      database = isEmbedded ? undefined : await createPostgresDatabase();
      subject = await start(database === undefined ? {} : { databaseUrl: database.url });
      ada = await subject.aViewer();
      viewers = [ada, await subject.aViewer(), await subject.aViewer()];
      await insertRows({ from: 1, step: 16 });
    });
    afterAll(async () => {
      await subject?.close();
      await database?.drop();
    });

    /** Adds rows whose owners and values come from a hash, a third of them for each viewer. */
    async function insertRows({ from, step, owners = viewers }: Insertion): Promise<void> {
      const { table, owner, value } = subject;
      const column = value === 'label' ? 'label' : 'total_cents';
      const random = "('x' || substr(md5(n::text), 1, 7))::bit(28)::int";
      const ids = owners.map(({ id }) => `'${id}'`).join();
      await subject.sql(`
      INSERT INTO ${table} (id, ${owner}, ${column})
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n * ${step} + ${from}), 12, '0'))::uuid,
        (ARRAY[${ids}]::uuid[])[1 + ${random} % ${owners.length}], ${random}
      FROM generate_series(1, ${rowCount}) AS n`);
    }

    interface Insertion {
      readonly from: number;
      readonly step: number;
      readonly owners?: readonly Viewer[];
    }

    /** Everything that a viewer gets of the list: the bytes of pages of several sizes, counts and errors. */
    async function readAll({ accessToken: token }: Viewer): Promise<readonly string[]> {
      const { list, value, url } = subject;
      const answers: string[] = [];
      const read = async (args: string) => {
        const query = `{ ${list}${args} { totalCount edges { cursor node { id ${value} } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
        const answer = await ask(url, query, { token });
        answers.push(`${answer.status} ${answer.headers.get('content-length')} ${answer.text}`);
        return answer.data?.[list]?.pageInfo;
      };
      for (const size of [1, 7, 100]) {
        let after = '';
        for (let page = 0; page < 3; page += 1) {
          const { endCursor } = await read(`(first: ${size}${after})`);
          after = `, after: "${endCursor}"`;
        }
      }
      for (const args of ['', '(first: 0)', '(first: 101)', '(after: "x")']) {
        await read(args);
      }
      return answers;
    }

    it('are those that the policy does not admit: both of its functions agree on 3,000 rows', async () => {
      expect(await subject.checkRows(viewers)).toEqual([]);
    });

    it('change no byte of lists, counts, pages, cursors and errors', async () => {
      const before = await readAll(ada);
      const { table, owner, value } = subject;
      const column = value === 'label' ? 'label' : 'total_cents';
      const isHidden = `${owner} IS DISTINCT FROM '${ada.id}'`;
      await subject.sql(
        `DELETE FROM ${table} WHERE ${isHidden} AND substr(md5(id::text), 1, 1) < '8'`,
      );
      await subject.sql(`UPDATE ${table} SET ${column} = '77' WHERE ${isHidden}`);
      expect(await readAll(ada)).toEqual(before);
      await insertRows({ from: 5, step: 16, owners: viewers.slice(1) });
      expect(await readAll(ada)).toEqual(before);
      await subject.sql(`DELETE FROM ${table} WHERE ${isHidden}`);
      expect(await readAll(ada)).toEqual(before);
      // What the viewer may see is in those bytes.
      await subject.sql(`UPDATE ${table} SET ${column} = '78' WHERE ${owner} = '${ada.id}'`);
      expect(await readAll(ada)).not.toEqual(before);
    });
  },
);
