import type { TryState } from './state.ts';

export interface Example {
  readonly title: string;
  readonly state: TryState;
}

const blank: TryState = {
  sdl: '',
  groups: [],
  minutes: 5,
  factors: 1,
  operation: '',
  operationName: '',
  variables: '',
  policies: new Map(),
  coordinate: '',
  kept: null,
};

/** What the page starts with, and what it offers. */
export const examples: readonly [Example, ...Example[]] = [
  {
    title: 'Groups: accountants see totals',
    state: {
      ...blank,
      groups: ['SUPPORT'],
      sdl: `enum Group {
  ACCOUNTING
  SUPPORT
  ADMIN @implies(groups: [ACCOUNTING, SUPPORT])
}

type Query {
  status: String @public
  invoices: [Invoice!]! @auth(requires: [ACCOUNTING, SUPPORT])
}

type Invoice {
  id: ID!
  customer: String!
  totalCents: Int! @auth(requires: [ACCOUNTING])
}
`,
      operation: `{
  status
  invoices {
    customer
    totalCents
  }
}
`,
    },
  },
  {
    title: 'A policy: users see their own address',
    state: {
      ...blank,
      sdl: `enum Group {
  ADMIN
}
enum Policy {
  SELF
}

type Query {
  user(name: String!): User @auth
}

type User {
  id: ID!
  name: String!
  address: String @auth(requires: [ADMIN], or: [SELF])
}
`,
      operation: `query User($name: String!) {
  user(name: $name) {
    name
    address
  }
}
`,
      variables: '{ "name": "anna" }',
    },
  },
  {
    title: 'Rows: customers see their own invoices',
    state: {
      ...blank,
      sdl: `enum Group {
  ACCOUNTING
}
enum Policy {
  CUSTOMER
}

type Query {
  invoices: [Invoice!]! @auth
  invoice(id: ID!): Invoice @auth
}

type Mutation {
  pay(id: ID! @references(type: "Invoice")): Boolean @auth
}

type Invoice @auth(requires: [ACCOUNTING], rows: [CUSTOMER]) {
  id: ID!
  totalCents: Int!
}
`,
      operation: `mutation {
  pay(id: "17")
}
`,
    },
  },
  {
    title: 'Step-up: a recent login with two factors',
    state: {
      ...blank,
      groups: ['ADMIN'],
      minutes: 30,
      sdl: `enum Group {
  ADMIN
}

type Query {
  users: [String!]! @auth(requires: [ADMIN])
}

type Mutation {
  removeUser(name: String!): Boolean @auth(requires: [ADMIN], maxAge: 600, factors: 2)
}
`,
      operation: `mutation {
  removeUser(name: "anna")
}
`,
    },
  },
  {
    title: 'Arguments, input fields and enum values',
    state: {
      ...blank,
      groups: ['CLERK'],
      sdl: `enum Group {
  CLERK
  MANAGER
}

type Query {
  orders(status: Status, all: Boolean @auth(requires: [MANAGER])): [Order!]! @auth
}

type Mutation {
  addOrder(input: OrderInput!): Order @auth(requires: [CLERK, MANAGER])
}

input OrderInput {
  item: String!
  discount: Int @auth(requires: [MANAGER])
}

type Order {
  item: String!
  status: Status!
}

enum Status {
  OPEN
  CANCELLED @auth(requires: [MANAGER], readable: true)
}
`,
      operation: `mutation ($input: OrderInput!) {
  addOrder(input: $input) {
    item
    status
  }
}
`,
      variables: '{ "input": { "item": "desk", "discount": 10 } }',
      coordinate: 'OrderInput.discount',
    },
  },
  {
    title: 'A hole: the same rows by another path',
    state: {
      ...blank,
      sdl: `enum Group {
  ACCOUNTING
}
enum Policy {
  CUSTOMER
}

type Query {
  invoices: [Invoice!]! @auth(requires: [ACCOUNTING], rows: [CUSTOMER])
  products: [Product!]! @public
}

type Product {
  name: String!
  # Every customer reads the invoices of all others here.
  soldBy: [Invoice!]!
}

type Invoice {
  id: ID!
  totalCents: Int!
}
`,
      operation: `{
  products {
    soldBy {
      totalCents
    }
  }
}
`,
      coordinate: 'Invoice.totalCents',
    },
  },
  {
    title: 'A hole: an id that nothing checks',
    state: {
      ...blank,
      sdl: `enum Group {
  ACCOUNTING
}
enum Policy {
  CUSTOMER
}

type Query {
  invoices: [Invoice!]! @auth
}

type Mutation {
  # A customer can name the invoice of another one: add @references(type: "Invoice") to the id.
  pay(id: ID!): Boolean @auth
}

type Invoice @auth(requires: [ACCOUNTING], rows: [CUSTOMER]) {
  id: ID!
  totalCents: Int!
}
`,
      operation: `mutation {
  pay(id: "17")
}
`,
    },
  },
  {
    title: 'A hole: a filter that reveals a hidden field',
    state: {
      ...blank,
      sdl: `enum Group {
  HR
}

type Query {
  people(where: PersonWhere): [Person!]! @auth
}

type Person {
  name: String!
  salary: Int @auth(requires: [HR])
}

input PersonWhere {
  name: String
  # Who is found by { salary: 5000 } earns 5000.
  salary: Int
}
`,
      operation: `query ($where: PersonWhere) {
  people(where: $where) {
    name
  }
}
`,
      variables: '{ "where": { "salary": 5000 } }',
    },
  },
];
