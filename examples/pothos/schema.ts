import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import type { GatehouseContext } from 'graphql-gatehouse';
import { createInvoices, type Invoice } from '../invoices/invoice.store.ts';

interface Types {
  readonly Context: GatehouseContext;
  readonly Directives: {
    auth: { locations: 'FIELD_DEFINITION'; args: { requires?: string[]; or?: string[] } };
    public: { locations: 'FIELD_DEFINITION'; args: Record<string, never> };
  };
}

const invoices = createInvoices();

const builder = new SchemaBuilder<Types>({
  plugins: [DirectivesPlugin],
  directives: { useGraphQLToolsUnorderedDirectives: true },
});

const InvoiceType = builder.objectRef<Invoice>('Invoice').implement({
  description: 'What a customer owes.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    customer: t.exposeString('customer', { nullable: false }),
    isPaid: t.exposeBoolean('isPaid', { nullable: false }),
    totalCents: t.exposeInt('totalCents', {
      nullable: false,
      directives: { auth: { requires: ['ACCOUNTANT'], or: ['INVOICE_CUSTOMER'] } },
    }),
    scan: t.string({ resolve: () => invoices.scan() }),
  }),
});

builder.enumType('Group', { values: ['ACCOUNTANT', 'STAFF'] });
builder.enumType('Policy', { values: ['INVOICE_CUSTOMER'] });

builder.queryType({
  fields: (t) => ({
    version: t.string({ nullable: false, directives: { public: {} }, resolve: () => '1.0' }),
    invoice: t.field({
      type: InvoiceType,
      args: { id: t.arg.id({ required: true }) },
      directives: { auth: {} },
      resolve: (_query, { id }) => invoices.find(id),
    }),
    invoices: t.field({
      type: [InvoiceType],
      nullable: false,
      directives: { auth: {} },
      resolve: () => [...invoices.all()],
    }),
  }),
});

builder.mutationType({
  fields: (t) => ({
    payInvoice: t.field({
      type: InvoiceType,
      nullable: false,
      args: { id: t.arg.id({ required: true }) },
      directives: { auth: { requires: ['ACCOUNTANT'] } },
      resolve: (_mutation, { id }, { change }) =>
        change({ action: 'invoice.paid', subjectId: id }, async () => invoices.pay(id)),
    }),
  }),
});

export const schema = builder.toSchema();
