import { startTestGatehouse } from 'graphql-gatehouse/testing';
import { afterAll, expect, it } from 'vitest';
import config from '../gatehouse.config.ts';
import type { Prisma } from '../src/generated/prisma/client.ts';

const gate = await startTestGatehouse(config);
afterAll(() => gate.close());

const pay = 'mutation ($id: ID!) { payInvoice(id: $id) { id paidAt } }';

it('asks anonymous viewers to log in', async () => {
  expect(await gate.anonymous.run(pay, { id: '1' })).toMatchObject({ status: 401, coordinate: 'Mutation.payInvoice' });
});

it('refuses to record payments to other groups', async () => {
  const sam = await gate.viewer({ groups: ['STAFF'] });
  expect(await sam.run(pay, { id: '1' })).toMatchObject({ status: 403, coordinate: 'Mutation.payInvoice' });
});

it('records a payment for an accountant', async () => {
  const customer = await gate.viewer();
  const { id } = await gate.db.invoice.create({ data: { customerId: customer.id, totalCents: 1200 } });
  const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
  expect(await accountant.run(pay, { id })).toMatchObject({
    status: 200,
    data: { payInvoice: { id, paidAt: expect.any(String) } },
  });
});

it('shows customers exactly their own invoices', async () => {
  const [ada, bob] = [await gate.viewer(), await gate.viewer()];
  for (const { id } of [ada, ada, bob]) await gate.db.invoice.create({ data: { customerId: id, totalCents: 100 } });
  const read = (where: Prisma.InvoiceWhereInput = {}) => gate.db.invoice.findMany({ where });
  expect(await gate.checkRows({ policy: 'INVOICE_CUSTOMER', viewers: [ada, bob], read })).toEqual([]);
});

it('holds at every guarded field', async () => {
  expect(await gate.checkGuards()).toEqual([]);
});
