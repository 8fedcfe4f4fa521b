import { startTestGatehouse } from 'gatehouse/testing';
import { afterAll, expect, it } from 'vitest';
import config from '../gatehouse.config.ts';

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

it('holds at every guarded field', async () => {
  expect(await gate.checkGuards()).toEqual([]);
});
