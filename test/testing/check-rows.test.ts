import { fileURLToPath } from 'node:url';
import { definePolicy, type RowPolicy } from 'graphql-gatehouse';
import { startTestGatehouse } from 'graphql-gatehouse/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import type {
  Invoice,
  Prisma,
} from '../../packages/create-graphql-gatehouse/template/src/generated/prisma/client.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);

type InvoicePolicy = RowPolicy<Pick<Invoice, 'customerId'>, Prisma.InvoiceWhereInput>;

const isCustomer: InvoicePolicy['admits'] = (viewer, { customerId }) =>
  viewer.kind === 'user' && customerId === viewer.userId;
const selectOwn: InvoicePolicy['where'] = (viewer) => ({
  customerId: { in: viewer.kind === 'user' ? [viewer.userId] : [] },
});

/** The template's project with another policy, and two customers: three invoices, of which one is paid. */
async function startWith(policy: Partial<InvoicePolicy>) {
  const INVOICE_CUSTOMER = definePolicy({
    reads: ['customerId'],
    admits: isCustomer,
    where: selectOwn,
    ...policy,
  });
  const domains = (config.domains ?? []).map((domain) => ({
    ...domain,
    policies: { ...domain.policies, INVOICE_CUSTOMER },
  }));
  const gate = await startTestGatehouse({ ...config, domains }, { directory });
  onTestFinished(() => gate.close());
  const [ada, bob] = [await gate.viewer(), await gate.viewer({ groups: ['STAFF'] })];
  const add = (customerId: string, paidAt: Date | null) =>
    gate.db.invoice.create({ data: { customerId, totalCents: 100, paidAt } });
  const invoices = [
    await add(ada.id, null),
    await add(ada.id, new Date(0)),
    await add(bob.id, null),
  ];
  const check = (viewers = [ada, bob]) =>
    gate.checkRows({
      policy: 'INVOICE_CUSTOMER',
      viewers,
      read: (where: Prisma.InvoiceWhereInput = {}) =>
        gate.db.invoice.findMany({ where, orderBy: { id: 'asc' } }),
    });
  return { gate, ada, bob, invoices: invoices.map(({ id }) => id), check };
}

describe('checking the rows of a policy', () => {
  it('finds nothing when the filter selects exactly the rows that are admitted', async () => {
    const { check } = await startWith({});
    expect(await check()).toEqual([]);
  });

  it('finds the first row, of each viewer, of a filter that is wider', async () => {
    const { check, ada, bob, invoices } = await startWith({
      where: (...given) => ({ OR: [selectOwn(...given), { paidAt: null }] }),
    });
    const wider = '`where` selects it, and `admits` does not allow it';
    expect(await check([ada, bob])).toEqual([
      `INVOICE_CUSTOMER: the row ${invoices[2]}, for the user ${ada.id}: ${wider}`,
      `INVOICE_CUSTOMER: the row ${invoices[0]}, for the user ${bob.id}: ${wider}`,
      `INVOICE_CUSTOMER: the row ${invoices[0]}, for an API client: ${wider}`,
    ]);
  });

  it('finds the first row of a filter that is narrower', async () => {
    const { check, ada, invoices } = await startWith({
      where: (...given) => ({ AND: [selectOwn(...given), { paidAt: null }] }),
    });
    expect(await check()).toEqual([
      `INVOICE_CUSTOMER: the row ${invoices[1]}, for the user ${ada.id}: ` +
        '`admits` allows it, and `where` does not select it',
    ]);
  });

  it('finds a row that was read without a property of `reads`', async () => {
    const { gate, ada, invoices } = await startWith({});
    const problems = await gate.checkRows({
      policy: 'INVOICE_CUSTOMER',
      viewers: [ada],
      read: (where: Prisma.InvoiceWhereInput = {}) =>
        gate.db.invoice.findMany({ where, orderBy: { id: 'asc' }, select: { id: true } }),
    });
    const unread = '`admits` reads `customerId`, which is undefined: it allows no one';
    const line = `INVOICE_CUSTOMER: the row ${invoices[0]}: ${unread}`;
    expect(problems).toEqual([line, line, expect.stringContaining('it allows none')]);
  });

  it('fails with the property of a filter that is undefined for an API client', async () => {
    const { check } = await startWith({
      where: ({ userId }) => Object.assign(JSON.parse('{}'), { customerId: userId }),
    });
    await expect(check()).rejects.toThrow('customerId is undefined');
  });

  it('says that it shows nothing when the viewers own no row', async () => {
    const { check, gate } = await startWith({});
    expect(await check([await gate.viewer()])).toEqual([
      'INVOICE_CUSTOMER: it allows none of the viewers any of 3 rows',
    ]);
  });

  it('fails for a policy that is not there, or that is a predicate', async () => {
    const { gate } = await startWith({});
    for (const policy of ['INVOICE_CUSTOMR', 'SELF']) {
      const checked = gate.checkRows({ policy, viewers: [], read: async () => [] });
      await expect(checked).rejects.toThrow(policy);
    }
  });
});
