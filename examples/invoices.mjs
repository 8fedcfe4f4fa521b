// What the examples share: a schema whose rules stand in its SDL, its data, and its viewers.
export const typeDefs = /* GraphQL */ `
  directive @auth(requires: [Group!], or: [Policy!]) repeatable on OBJECT | INTERFACE | UNION | SCALAR | ENUM | INPUT_OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
  directive @public on FIELD_DEFINITION

  enum Group { ACCOUNTING SALES }
  enum Policy { CUSTOMER }

  type Query {
    version: String! @public
    invoices: [Invoice!]! @auth
  }

  type Mutation {
    payInvoice(id: ID!): Invoice! @auth(requires: [ACCOUNTING])
  }

  type Invoice {
    id: ID!
    customer: String!
    isPaid: Boolean!
    "Theirs to know, and accounting's."
    totalCents: Int! @auth(requires: [ACCOUNTING], or: [CUSTOMER])
  }
`;

export const createInvoices = () => [
  { id: '1', customer: 'ada', totalCents: 12_00, isPaid: false },
  { id: '2', customer: 'bob', totalCents: 34_00, isPaid: false },
];

export const createResolvers = (invoices) => ({
  Query: { version: () => '1.0', invoices: () => invoices },
  Mutation: {
    payInvoice: (_mutation, { id }) => {
      const invoice = invoices.find((each) => each.id === id);
      invoice.isPaid = true;
      return invoice;
    },
  },
});

/** One predicate for each value of the enum `Policy`. */
export const policies = {
  CUSTOMER: (viewer, invoice) => viewer.name !== undefined && invoice.customer === viewer.name,
};

// In place of real tokens, which are not this library's business.
const viewers = {
  ada: { isAuthenticated: true, name: 'ada', groups: new Set() },
  cleo: { isAuthenticated: true, name: 'cleo', groups: new Set(['ACCOUNTING']) },
};

/** Who sends this Authorization header. */
export const viewerOfHeader = (header) =>
  viewers[header?.replace(/^Bearer /, '')] ?? {
    isAuthenticated: false,
    reason: header ? 'TOKEN_INVALID' : 'TOKEN_MISSING',
  };
