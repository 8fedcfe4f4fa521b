import { defineConfig, defineDomain } from 'graphql-gatehouse';
import { isCustomer } from '../invoices/invoice.store.ts';
import { schema } from './schema.ts';

/** What stands behind the policies that the schema declares. */
const policies = defineDomain({
  name: 'policies',
  typeDefs: [],
  policies: { INVOICE_CUSTOMER: isCustomer },
});

export default defineConfig({ schema, domains: [policies], newUserGroups: ['STAFF'] });
