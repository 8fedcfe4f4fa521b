import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { createAccessMatrix, toMarkdown } from '@graphql-gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, namedBy, readPage } from '../support/documents.ts';
import { build, repository } from '../support/process.ts';
import { withGenerated } from '../support/reference-pages.ts';

let folder = '';
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-readme-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const block of blocksOf(readPage('docs/reference/library.md'))) {
    const file = namedBy(block, 'file');
    if (file !== undefined) await writeFile(join(folder, file), block.text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const invoices = [
  { id: '1', customerId: 'ada' },
  { id: '2', customerId: 'bob' },
];

/** Reads invoices as Prisma would. `forgets`: whatever the filter is. */
const database = (forgets: boolean) => ({
  invoice: {
    findMany: async ({ where }: { readonly where?: { readonly customerId: string } }) =>
      invoices.filter(
        ({ customerId }) => forgets || where === undefined || where.customerId === customerId,
      ),
  },
});

async function ask(viewer: object, forgets = false): Promise<unknown> {
  const typeDefs = await readFile(join(folder, 'schema.graphql'), 'utf8');
  const { createInvoices } = await import(pathToFileURL(join(folder, 'invoices.js')).href);
  const { schema } = createInvoices(typeDefs, database(forgets));
  const document = parse('{ invoices { id } }');
  const result = await execute({ schema, document, contextValue: { viewer } });
  return JSON.parse(JSON.stringify(result));
}

const user = (id: string, ...groups: readonly string[]) => ({
  isAuthenticated: true,
  groups: new Set(groups),
  id,
});

describe('the code about rows in the reference of the library', () => {
  it('shows a customer its own invoices, and accounting all', async () => {
    expect(await ask(user('ada'))).toEqual({ data: { invoices: [{ id: '1' }] } });
    expect(await ask(user('eve', 'ACCOUNTING'))).toEqual({
      data: { invoices: [{ id: '1' }, { id: '2' }] },
    });
  });

  it('delivers nothing when the filter was forgotten', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await ask(user('ada'), true)).toMatchObject({
      data: null,
      errors: [{ message: 'Internal server error.' }],
    });
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('Query.invoices'));
    logged.mockRestore();
  });
});

describe('the schema of the README', () => {
  const blocks = blocksOf(readPage('README.md'));
  const sdl = blocks.find((block) => namedBy(block, 'file') === 'schema.graphql')?.text ?? '';
  const rows = [
    { id: '1', customerId: 'ada', totalCents: 100, note: 'Late.' },
    { id: '2', customerId: 'bob', totalCents: 200, note: null },
  ];
  type Where = { readonly customerId?: string };
  const select = ({ customerId }: Where = {}) =>
    rows.filter((row) => customerId === undefined || row.customerId === customerId);
  const isWhere = (filter: unknown): filter is Where =>
    typeof filter === 'object' && filter !== null && 'customerId' in filter;

  function guard(typeDefs: string) {
    const paid: string[] = [];
    const schema = makeExecutableSchema({
      typeDefs: [
        directiveTypeDefs(),
        `enum Group { ACCOUNTANT }
         enum Policy { INVOICE_CUSTOMER }
         type Query { invoices: [Invoice!]! @auth }`,
        typeDefs,
      ],
      resolvers: {
        Query: {
          invoices: (_query, _args, _context, info) => {
            const where = authorization.rowsOf(info);
            return select(isWhere(where) ? where : {});
          },
        },
        Mutation: {
          payInvoice: (_mutation, { id }) => {
            paid.push(id);
            return rows.find((row) => row.id === id);
          },
        },
      },
    });
    const authorization = createAuthorization<Sender, { readonly viewer: Sender }>(schema, {
      policies: {
        INVOICE_CUSTOMER: {
          reads: ['customerId'],
          admits: (viewer, invoice) => 'customerId' in invoice && invoice.customerId === viewer.id,
          where: (viewer) => ({ customerId: viewer.id }),
        },
      },
      types: {
        Invoice: {
          byIds: async (ids, { where }) =>
            select(isWhere(where) ? where : {}).filter(({ id }) => ids.includes(id)),
        },
      },
      viewerOf: ({ viewer }) => viewer,
    });
    const run = async (text: string, viewer: Sender) => {
      const contextValue = { viewer };
      const document = parse(text);
      const result = await execute({ schema: authorization.schema, document, contextValue });
      const { data, errors = [] } = JSON.parse(JSON.stringify(result));
      return { data, reasons: errors.map(({ extensions }: Failure) => extensions.reason), paid };
    };
    const { source, requirements } = authorization;
    return { run, matrix: toMarkdown(createAccessMatrix(source, requirements)) };
  }

  interface Sender {
    readonly isAuthenticated: true;
    readonly groups: ReadonlySet<string>;
    readonly id: string;
    readonly authenticatedAt: { readonly PASSWORD: Date };
  }
  interface Failure {
    readonly extensions: { readonly reason?: string };
  }
  const sender = (id: string, groups: readonly string[], age: number): Sender => ({
    isAuthenticated: true,
    id,
    groups: new Set(groups),
    authenticatedAt: { PASSWORD: new Date(Date.now() - age * 1000) },
  });
  const pay = 'mutation { payInvoice(id: "1") { id } }';

  it('shows customers their own invoices, without the note', async () => {
    const ada = sender('ada', [], 0);
    const { run } = guard(sdl);
    const list = '{ invoices { totalCents } }';
    expect((await run(list, ada)).data).toEqual({ invoices: [{ totalCents: 100 }] });
    expect((await run('{ invoices { note } }', ada)).reasons).toEqual(['GROUP_REQUIRED']);
    const accountant = sender('eve', ['ACCOUNTANT'], 0);
    expect((await run('{ invoices { note } }', accountant)).data.invoices).toHaveLength(2);
  });

  it('lets accountants pay after a recent login', async () => {
    const { run } = guard(sdl);
    const denied = await run(pay, sender('ada', [], 0));
    expect([denied.reasons, denied.paid]).toEqual([['GROUP_REQUIRED'], []]);
    const old = await run(pay, sender('eve', ['ACCOUNTANT'], 601));
    expect([old.reasons, old.paid]).toEqual([['AUTHENTICATION_TOO_OLD'], []]);
    expect((await run(pay, sender('eve', ['ACCOUNTANT'], 5))).paid).toEqual(['1']);
  });

  it('has the access matrix that the first page of the site shows', async () => {
    const page = 'site/matrix.md';
    const sections = guard(sdl).matrix.split(/^## /m).slice(1);
    const shown = sections.filter((section) => /^(Mutation|Invoice)\n/.test(section));
    const tables = shown.map((section) => `### ${section.trimEnd()}\n`).join('\n');
    await expect(withGenerated(readPage(page), tables)).toMatchFileSnapshot(join(repository, page));
  });

  it('changes the access matrix as the README shows', () => {
    const shown = blocks.find(({ language }) => language === 'diff')?.text.split('\n') ?? [];
    const linesWith = (mark: string) =>
      shown.filter((line) => line.startsWith(mark)).map((line) => line.slice(1));
    const matrix = guard(sdl).matrix.split('\n');
    const open = guard(sdl.replace(' @auth(requires: [ACCOUNTANT])\n}', '\n}')).matrix.split('\n');
    expect(shown).toHaveLength(4);
    expect(linesWith('-').filter((line) => !matrix.includes(line) || open.includes(line))).toEqual(
      [],
    );
    expect(linesWith('+').filter((line) => !open.includes(line) || matrix.includes(line))).toEqual(
      [],
    );
    expect([...matrix, ...open]).toEqual(expect.arrayContaining(linesWith(' ')));
  });
});
