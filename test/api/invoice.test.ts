import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import type { PrismaClient } from '../../packages/create-graphql-gatehouse/template/src/generated/prisma/client.ts';
import { startTestGatehouse, type TestGatehouse } from '../../src/testing.ts';
import { ask } from '../support/ask.ts';
import { createPostgresDatabase } from '../support/test-database.ts';
import { openTestSocket } from '../support/test-socket.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);
const pay = 'mutation ($id: ID!) { payInvoice(id: $id) { id paidAt } }';

let gate: TestGatehouse<PrismaClient>;
let dropDatabase = async () => {};
beforeAll(async () => {
  const isEmbedded = process.env.TEST_DATABASE_KIND !== 'postgresql';
  const database = isEmbedded ? undefined : await createPostgresDatabase();
  dropDatabase = database?.drop ?? dropDatabase;
  gate = await startTestGatehouse(config, {
    directory,
    ...(database === undefined ? {} : { databaseUrl: database.url }),
  });
});
afterAll(async () => {
  await gate.close();
  await dropDatabase();
});

/** A customer who has one invoice of 12 euros. */
async function aCustomer() {
  const customer = await gate.viewer({ groups: ['STAFF'] });
  const { id } = await gate.db.invoice.create({
    data: { customerId: customer.id, totalCents: 1200 },
  });
  return { customer, variables: { id } };
}

describe('the invoice of a project', () => {
  it('is refused to anonymous viewers before anything runs', async () => {
    const { variables } = await aCustomer();
    expect(await gate.anonymous.run(pay, variables)).toMatchObject({
      status: 401,
      coordinate: 'Mutation.payInvoice',
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_MISSING',
    });
  });

  it('is refused to the wrong group, whatever its id', async () => {
    const sam = await gate.viewer({ groups: ['STAFF'] });
    expect(await sam.run('mutation { payInvoice(id: "1") { id } }')).toMatchObject({
      status: 403,
      coordinate: 'Mutation.payInvoice',
      code: 'FORBIDDEN',
    });
  });

  it('is paid by the right group, with an audit event of the same transaction', async () => {
    const { variables } = await aCustomer();
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    expect(await accountant.run(pay, variables)).toMatchObject({
      status: 200,
      data: { payInvoice: { id: variables.id, paidAt: expect.any(String) } },
    });
    const auditor = await gate.viewer({ groups: ['AUDITOR'] });
    const events =
      '{ auditEvents(first: 1, action: "invoice.paid") { edges { node { subjectId } } } }';
    expect(await auditor.run(events)).toMatchObject({
      status: 200,
      data: { auditEvents: { edges: [{ node: { subjectId: variables.id } }] } },
    });
  });

  it('is not found under an id that has no invoice', async () => {
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    const id = '01900000-0000-7000-8000-000000000000';
    expect(await accountant.run(pay, { id })).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(
      await accountant.run('query ($id: ID!) { invoice(id: $id) { id } }', { id }),
    ).toMatchObject({
      status: 200,
      data: { invoice: null },
    });
  });

  it('is not found under an id that is no UUID', async () => {
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    expect(await accountant.run(pay, { id: '1' })).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  it('exists only for its customer and for a group', async () => {
    const { customer, variables } = await aCustomer();
    const total = 'query ($id: ID!) { invoice(id: $id) { totalCents } }';
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    const other = await gate.viewer({ groups: ['STAFF'] });
    for (const viewer of [customer, accountant]) {
      expect(await viewer.run(total, variables)).toMatchObject({
        status: 200,
        data: { invoice: { totalCents: 1200 } },
      });
    }
    expect(await other.run(total, variables)).toMatchObject({
      status: 200,
      data: { invoice: null },
    });
  });

  it('does not exist for an API client in no group, which is no customer', async () => {
    const { variables } = await aCustomer();
    const admin = await gate.viewer({ groups: ['ADMIN'] });
    const { data } = await admin.run<{ createApiClient: { secret: string } }>(
      'mutation { createApiClient(name: "export", groups: []) { secret } }',
    );
    const total = 'query ($id: ID!) { invoice(id: $id) { totalCents } }';
    const token = data?.createApiClient.secret ?? '';
    expect((await ask(gate.url, total, { variables, token })).data).toEqual({ invoice: null });
  });

  it('is listed of a user, by the own loader, to this user and to a group', async () => {
    const { customer, variables } = await aCustomer();
    expect(await customer.run('{ me { invoices { id } } }')).toMatchObject({
      status: 200,
      data: { me: { invoices: [{ id: variables.id }] } },
    });
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    const users = '{ users(first: 100) { edges { node { invoices { totalCents } } } } }';
    expect(await accountant.run(users)).toMatchObject({ status: 200 });
  });

  it('is only in the list and the count of its customer and of a group', async () => {
    const list = '{ invoices(first: 100) { totalCount edges { node { id } } } }';
    const { customer, variables } = await aCustomer();
    const { data } = await customer.run(list);
    expect(data).toEqual({ invoices: { totalCount: 1, edges: [{ node: variables }] } });
    const other = await gate.viewer({ groups: ['STAFF'] });
    expect(await other.run(list)).toMatchObject({
      status: 200,
      data: { invoices: { totalCount: 0, edges: [] } },
    });
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    expect(await accountant.run(list)).toMatchObject({
      data: { invoices: { totalCount: await gate.db.invoice.count() } },
    });
  });

  it('is reported to subscribers each time that it is paid', async () => {
    const { variables } = await aCustomer();
    const accountant = await gate.viewer({ groups: ['ACCOUNTANT'] });
    const socket = openTestSocket(gate.url.replace('/graphql', ''), {
      token: accountant.accessToken,
    });
    await socket.connected;
    const subscription = socket.subscribe('subscription { invoicePaid { id totalCents paidAt } }');
    await expect.poll(() => gate.subscriptionCount()).toBe(1);
    await accountant.run(pay, variables);
    const event = { id: variables.id, totalCents: 1200, paidAt: expect.any(String) };
    expect(await subscription.result(0)).toEqual({ data: { invoicePaid: event } });
    await gate.db.invoice.update({ where: variables, data: { paidAt: null } });
    await accountant.run(pay, variables);
    expect(await subscription.result(1)).toEqual({ data: { invoicePaid: event } });
    await socket.close();
  });

  it('has guards that hold at every guarded field', async () => {
    expect(await gate.checkGuards()).toEqual([]);
  });
});
