import { defineDomain } from 'graphql-gatehouse';
import type { Context } from '../../../examples/organizations/src/context.ts';
import type {
  Invoice,
  Organization,
} from '../../../examples/organizations/src/generated/prisma/client.ts';

/** What a paused mutation waits for, and what it says. */
export interface Pause {
  /** Resolves when the mutation was admitted, before its change begins. */
  readonly reached: Promise<void>;
  readonly go: () => void;
}

let current: { readonly onReached: () => void; readonly gone: Promise<void> } | undefined;

/** Makes the next call of `pausedPay` wait between its decision and its change. */
export function pauseNext(): Pause {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const reached = new Promise<void>((onReached) => {
    current = { onReached, gone };
  });
  return { reached, go };
}

async function pauseHere(): Promise<void> {
  const paused = current;
  current = undefined;
  paused?.onReached();
  await paused?.gone;
}

/** Fields that the attacks need. */
export const paused = defineDomain<Context>({
  name: 'paused',
  typeDefs: `
    extend type Mutation {
      "Pays an invoice, later."
      pausedPay("The invoice." id: ID! @references(type: "Invoice")): Invoice! @auth(requires: [BILLING])
      "Moves an invoice, later."
      pausedMove(
        "The invoice."
        id: ID! @references(type: "Invoice") @auth(requires: [OWNER])
        "The organization that gets it."
        to: ID! @references(type: "Organization")
      ): Invoice! @auth(requires: [BILLING])
      "Writes an invoice into an organization that no argument names."
      strayInvoice("The organization." organization: ID!, "Any invoice." id: ID! @references(type: "Invoice")): ID!
        @auth(requires: [BILLING])
      "Gives OWNER in an organization that the call has not made."
      takeOrganization("The organization." organization: ID!): ID! @auth(or: [USER])
    }
    extend type Query {
      "The sum of the invoices that the viewer sees."
      invoiceSum("Whether the places are read first." readsPlaces: Boolean!): Int! @auth
    }`,
  resolvers: {
    Mutation: {
      pausedMove: async (_mutation, _args, { change }: Context) => {
        await pauseHere();
        return change(
          { action: 'invoice.moved' },
          (tx, found: { readonly id: Invoice; readonly to: Organization }) =>
            tx.invoice.update({
              where: { id: found.id.id },
              data: { organizationId: found.to.id },
            }),
        );
      },
      pausedPay: async (_mutation, _args, { change }: Context) => {
        await pauseHere();
        return change({ action: 'invoice.paid' }, (tx, found: { readonly id: Invoice }) =>
          tx.invoice.update({ where: { id: found.id.id }, data: { paidAt: new Date(0) } }),
        );
      },
      strayInvoice: async (
        _mutation,
        { organization }: { readonly organization: string },
        { change }: Context,
      ) => {
        const made = await change(
          { action: 'invoice.created' },
          (tx) =>
            tx.invoice.create({
              data: { organizationId: organization, number: 'stray', totalCents: 1 },
            }),
          { writes: { Invoice: ({ id }) => [id] } },
        );
        return made.id;
      },
      takeOrganization: (
        _mutation,
        { organization }: { readonly organization: string },
        { change }: Context,
      ) =>
        change({ action: 'organization.taken' }, async () => organization, {
          grants: (within) => [{ group: 'OWNER', within }],
        }),
    },
    Query: {
      invoiceSum: async (
        _query,
        { readsPlaces }: { readonly readsPlaces: boolean },
        context: Context,
      ) => {
        if (readsPlaces) await context.readPlaces();
        const { _sum } = await context.db.invoice.aggregate({
          where: Object(context.filterOf('Invoice') ?? {}),
          _sum: { totalCents: true },
        });
        return _sum.totalCents ?? 0;
      },
    },
  },
});
