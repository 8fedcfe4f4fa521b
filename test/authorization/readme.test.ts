import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, namedBy, readPage } from '../support/documents.ts';
import { build, repository } from '../support/process.ts';

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
