import { NotFoundError } from 'graphql-gatehouse';

/** A row, as any data source gives it. */
export interface Invoice {
  readonly id: string;
  readonly customer: string;
  readonly totalCents: number;
  isPaid: boolean;
}

/** In memory, so that the examples of servers are about servers alone. See `examples/data-clients` for a database. */
export function createInvoices() {
  const invoices: readonly Invoice[] = [
    {
      id: '019ab000-0000-7000-8000-000000000001',
      customer: 'ada',
      totalCents: 1200,
      isPaid: false,
    },
    {
      id: '019ab000-0000-7000-8000-000000000002',
      customer: 'bob',
      totalCents: 3400,
      isPaid: false,
    },
  ];
  return {
    all: () => invoices,
    find: (id: string) => invoices.find((invoice) => invoice.id === id) ?? null,
    pay(id: string): Invoice {
      const invoice = invoices.find((each) => each.id === id);
      if (invoice === undefined) throw new NotFoundError('id', 'There is no invoice with this id.');
      invoice.isPaid = true;
      return invoice;
    },
    scan(): never {
      throw new Error('The archive at archive.internal does not answer.');
    },
  };
}

/** Whether the invoice is the viewer's: here, that of ada. */
export const isCustomer = (_viewer: unknown, { customer }: Pick<Invoice, 'customer'>): boolean =>
  customer === 'ada';
