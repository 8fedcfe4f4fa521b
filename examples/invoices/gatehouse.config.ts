import { fileURLToPath } from 'node:url';
import { defineConfig, defineDomain, type GatehouseContext } from 'graphql-gatehouse';
import { createInvoices, isCustomer } from './invoice.store.ts';

const invoices = createInvoices();

const invoice = defineDomain<GatehouseContext>({
  name: 'invoice',
  typeDefs: fileURLToPath(new URL('invoice.graphql', import.meta.url)),
  resolvers: {
    Query: {
      version: () => '1.0',
      invoice: (_query, { id }: { readonly id: string }) => invoices.find(id),
      invoices: () => invoices.all(),
    },
    Mutation: {
      payInvoice: (_mutation, { id }: { readonly id: string }, { change }: GatehouseContext) =>
        change({ action: 'invoice.paid', subjectId: id }, async () => invoices.pay(id)),
    },
    Invoice: { scan: () => invoices.scan() },
  },
  policies: { INVOICE_CUSTOMER: isCustomer },
});

export default defineConfig({ domains: [invoice], newUserGroups: ['STAFF'] });
