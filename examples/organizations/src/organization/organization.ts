import { BadUserInputError, defineDomain, parseText, userOf } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Invoice, Organization } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolver-types.ts';

/** A row that an argument names, as `change` reads it: arguments are what the client sent. */
type Found<Name extends string, Row> = Readonly<Record<Name, Row>>;

const resolvers: Resolvers = {
  Query: {
    organizations: (_query, _args, { db, rows }, info) =>
      db.organization.findMany({ where: rows(info) ?? {}, orderBy: { id: 'asc' } }),
    invoices: (_query, _args, { db, page }, info) => page(info, db.invoice),
  },
  Mutation: {
    createOrganization: (_mutation, args, { change, viewer }) => {
      userOf(viewer);
      const name = parseText('name', args.name, { least: 1, most: 100 });
      return change(
        ({ id }: Organization) => ({ action: 'organization.created', subjectId: id }),
        (tx) => tx.organization.create({ data: { name } }),
        { grants: ({ id }) => [{ group: 'OWNER', within: id }] },
      );
    },
    deleteOrganization: (_mutation, { id }, { change }) =>
      change(
        { action: 'organization.deleted', subjectId: id },
        async (tx, found: Found<'id', Organization>) => {
          await tx.organization.delete({ where: { id: found.id.id } });
          return found.id.id;
        },
        { leaves: ['id'], ends: ['id'] },
      ),
    createInvoice: (_mutation, { input }, { change }) => {
      const number = parseText('input.number', input.number, { least: 1, most: 40 });
      const { totalCents } = input;
      if (totalCents < 0) {
        throw new BadUserInputError('input.totalCents', '`input.totalCents` must not be negative.');
      }
      return change(
        ({ id }: Invoice) => ({ action: 'invoice.created', subjectId: id }),
        (tx, found: Found<'input.organizationId', Organization>) =>
          tx.invoice.create({
            data: { number, totalCents, organizationId: found['input.organizationId'].id },
          }),
      );
    },
    payInvoice: (_mutation, { id }, { change }) =>
      change({ action: 'invoice.paid', subjectId: id }, (tx, found: Found<'id', Invoice>) =>
        tx.invoice.update({ where: { id: found.id.id }, data: { paidAt: new Date() } }),
      ),
    moveInvoice: (_mutation, { id }, { change }) =>
      change(
        { action: 'invoice.moved', subjectId: id },
        (tx, found: Found<'id', Invoice> & Found<'to', Organization>) =>
          tx.invoice.update({
            where: { id: found.id.id },
            data: { organizationId: found.to.id },
          }),
      ),
  },
  Invoice: {
    money: (invoice) => invoice,
    organization: ({ organizationId }, _args, { find }) =>
      find<Organization>('Organization', organizationId),
  },
};

export const organizations = defineDomain<Context>({
  name: 'organization',
  typeDefs: 'src/organization/organization.graphql',
  resolvers,
  types: {
    Organization: {
      byIds: (ids, { db, where }) =>
        db.organization.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
    Invoice: {
      byIds: (ids, { db, where }) =>
        db.invoice.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
  },
});
