import {
  type Authorization,
  createAdmit,
  createAuthorization,
  directiveTypeDefs,
  type PlacesOf,
  type RowType,
  toDenialResponse,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { buildSchema, type GraphQLFieldResolver, isObjectType, parse, validate } from 'graphql';
import { executeKnown } from './execute-known.ts';

type Row = Readonly<Record<string, unknown>>;

/** The rows of two organisations, `a` and `b`. Tasks are within projects too, and notes are within nothing. */
export const rows: Readonly<Record<string, readonly Row[]>> = {
  Organization: [
    { id: 'a', name: 'A', plan: 'large' },
    { id: 'b', name: 'B', plan: 'small' },
  ],
  Invoice: [
    { id: 'ia', organizationId: 'a', totalCents: 1, customer: 'cleo' },
    { id: 'ia2', organizationId: 'a', totalCents: 2, customer: 'ann' },
    { id: 'ib', organizationId: 'b', totalCents: 3, customer: 'cleo' },
    { id: 'in', organizationId: null, totalCents: 4, customer: 'cleo' },
  ],
  Project: [
    { id: 'pa', organizationId: 'a' },
    { id: 'pb', organizationId: 'b' },
  ],
  Task: [
    { id: 'ta', projectId: 'pa', organizationId: 'a' },
    { id: 'tb', projectId: 'pb', organizationId: 'b' },
  ],
  Note: [{ id: 'n', text: 'free' }],
};

export const sdl = `
  enum Group {
    ADMIN
    ACCOUNTANT
    OWNER @within(type: "Organization", keepsOne: true) @implies(groups: [BILLING]) @grants(groups: [OWNER, BILLING, MEMBER])
    BILLING @within(type: "Organization") @implies(groups: [MEMBER])
    MEMBER @within(type: "Organization")
    EDITOR @within(type: "Project")
  }
  enum Policy { CUSTOMER FRIEND }
  interface Document { id: ID! }
  type Organization @within(type: "Organization", by: "id") @auth(requires: [ADMIN, MEMBER]) {
    id: ID!
    name: String!
    plan: String @auth(requires: [OWNER])
    invoice(id: ID! @references(type: "Invoice")): Invoice @auth(requires: [BILLING])
    count(all: Boolean @auth(requires: [OWNER])): Int!
  }
  type Invoice implements Document
    @within(type: "Organization", by: "organizationId")
    @auth(requires: [ACCOUNTANT, MEMBER], rows: [CUSTOMER]) {
    id: ID!
    totalCents: Int! @auth(requires: [BILLING])
    money: Money @auth(requires: [ACCOUNTANT, BILLING])
    audit: String @auth(requires: [OWNER], or: [FRIEND])
  }
  type Money { cents: Int! }
  type Project @within(type: "Organization", by: "organizationId") @within(type: "Project", by: "id")
    @auth(requires: [MEMBER, EDITOR]) { id: ID! tasks: [Task!]! }
  type Task implements Document
    @within(type: "Organization", by: "organizationId")
    @within(type: "Project", by: "projectId")
    @auth(requires: [EDITOR, OWNER]) { id: ID! }
  type Note @auth { id: ID! text: String! }
  input MergeInput { into: [ID!] @references(type: "Invoice") from: ID @references(type: "Invoice") @auth(requires: [OWNER]) }
  input Patch { organizationId: ID @references(type: "Organization") note: String @auth(requires: [OWNER]) }
  type Query {
    organizations: [Organization!]! @auth
    organization(id: ID! @references(type: "Organization")): Organization @auth
    invoices: [Invoice!]! @auth
    invoice(id: ID!): Invoice @auth
    documents: [Document!]! @auth
    projects: [Project!]! @auth
    report(organizationId: ID @references(type: "Organization")): Int @auth(requires: [BILLING])
    notes: [Note!]! @auth
  }
  type Mutation {
    createInvoice(organizationId: ID! @references(type: "Organization"), totalCents: Int!): Boolean @auth(requires: [BILLING])
    payInvoice(id: ID! @references(type: "Invoice")): Invoice @auth(requires: [BILLING, ACCOUNTANT])
    payAll(ids: [ID!] @references(type: "Invoice")): Boolean @auth(requires: [BILLING])
    moveInvoice(id: ID! @references(type: "Invoice") @auth(requires: [OWNER]), to: ID! @references(type: "Organization")): Boolean @auth(requires: [BILLING])
    merge(input: MergeInput!): Boolean @auth(requires: [MEMBER])
    merges(inputs: [MergeInput!]): Boolean @auth(requires: [MEMBER])
    update(id: ID! @references(type: "Invoice"), patch: Patch!): Boolean @auth(requires: [BILLING])
    closeTask(id: ID! @references(type: "Task")): Boolean @auth(requires: [EDITOR, OWNER])
    share(id: ID! @references(type: "Invoice"), note: ID @references(type: "Note")): Boolean @auth(requires: [BILLING], or: [FRIEND])
  }
  type Subscription { paid(organizationId: ID! @references(type: "Organization")): Int @auth(requires: [BILLING]) }
`;

/** A viewer: the groups that are held everywhere, and those that are held in places. */
export interface Person {
  readonly groups?: readonly string[];
  /** The ids of places by group, closed over `@implies` as a server does it. */
  readonly places?: Readonly<Record<string, readonly string[]>>;
  readonly withheld?: Readonly<Record<string, readonly string[]>>;
  readonly name?: string;
  readonly isFriend?: boolean;
}

export interface WorldContext {
  person: Person | undefined;
  readonly calls: string[];
}

type Implied = Readonly<Record<string, readonly string[]>>;

/** What each group gives in a place, with itself. */
const implied: Implied = {
  OWNER: ['OWNER', 'BILLING', 'MEMBER'],
  BILLING: ['BILLING', 'MEMBER'],
};

function placesFrom(held: Person['places'] = {}, closed: Implied): PlacesOf {
  const byGroup = new Map<string, Set<string>>();
  for (const [group, ids] of Object.entries(held)) {
    for (const each of closed[group] ?? [group]) {
      byGroup.set(each, new Set([...(byGroup.get(each) ?? []), ...ids]));
    }
  }
  return (group) => byGroup.get(group) ?? new Set();
}

type WorldViewer = Viewer & { readonly person?: Person };

export function viewerFrom(person: Person | undefined, closed = implied): WorldViewer {
  if (person === undefined) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  const { groups = [], places, withheld } = person;
  return {
    isAuthenticated: true,
    groups: new Set(groups),
    placesOf: placesFrom(places, closed),
    ...(withheld && {
      withheld: {
        groups: new Set<string>(),
        placesOf: placesFrom(withheld, closed),
        factors: 2,
        mustEnrol: false,
      },
    }),
    person,
  };
}

/** Whether a row is selected by a filter in the form of Prisma. */
export function selects(filter: unknown, row: Row): boolean {
  return Object.entries(Object(filter)).every(([key, value]: [string, unknown]) => {
    const parts: readonly unknown[] = Array.isArray(value) ? value : [];
    if (key === 'OR') return parts.some((part) => selects(part, row));
    if (key === 'AND') return parts.every((part) => selects(part, row));
    const wanted: unknown = Object(value).in;
    return Array.isArray(wanted) ? wanted.includes(row[key]) : row[key] === value;
  });
}

/** How the rows of a type are read. */
export const readRows = (typeName: string, all: readonly Row[]): RowType<WorldContext> => ({
  byIds: (ids, { where, context }) => {
    context.calls.push(`read ${typeName}`);
    const found = all.filter((row) => ids.includes(row.id));
    return where === undefined ? found : found.filter((row) => selects(where, row));
  },
});

const types = Object.fromEntries(
  Object.entries(rows).map(([name, all]) => [name, readRows(name, all)]),
);

type Resolver = GraphQLFieldResolver<unknown, WorldContext>;

const listOf =
  (...typeNames: readonly string[]): Resolver =>
  () =>
    typeNames.flatMap((name) => (rows[name] ?? []).map((row) => ({ ...row, __typename: name })));

const oneOf =
  (typeName: string): Resolver =>
  (_source, { id }: { id?: unknown }) =>
    (rows[typeName] ?? []).find((row) => row.id === id);

const resolvers: Readonly<Record<string, Resolver>> = {
  'Query.organizations': listOf('Organization'),
  'Query.organization': oneOf('Organization'),
  'Query.invoices': listOf('Invoice'),
  'Query.invoice': oneOf('Invoice'),
  'Query.documents': listOf('Invoice', 'Task'),
  'Query.projects': listOf('Project'),
  'Query.report': () => 7,
  'Query.notes': listOf('Note'),
  'Organization.invoice': oneOf('Invoice'),
  'Organization.count': () => 2,
  'Invoice.money': (source) => ({ cents: Object(source).totalCents }),
  'Invoice.audit': () => 'seen',
  'Project.tasks': (source) =>
    (rows.Task ?? []).filter(({ projectId }) => projectId === Object(source).id),
  'Mutation.payInvoice': oneOf('Invoice'),
  'Subscription.paid': (source) => source,
};

/** Builds the schema, with resolvers that record that they were called. */
export function buildWorldSchema(text: string = sdl) {
  const schema = buildSchema(`${directiveTypeDefs()} ${text}`);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const known = resolvers[coordinate];
      const isMutation = type.name === 'Mutation';
      if (known === undefined && !isMutation) continue;
      field.resolve = (source, args, context: WorldContext, info) => {
        context.calls.push(coordinate);
        return known === undefined ? true : known(source, args, context, info);
      };
    }
  }
  return schema;
}

export const policies = {
  CUSTOMER: {
    reads: ['customer'],
    admits: (viewer: WorldViewer, row: Row) => row.customer === viewer.person?.name,
    where: (viewer: WorldViewer) => ({ customer: viewer.person?.name ?? 'none' }),
  },
  FRIEND: (viewer: WorldViewer) => viewer.person?.isFriend === true,
};

export const options = {
  policies,
  viewerOf: ({ person }: WorldContext): WorldViewer => viewerFrom(person),
  types,
};

/** Guards the schema of the world. */
export function createWorld(source?: () => unknown): Authorization<WorldContext> {
  const schema = buildWorldSchema();
  const paid = schema.getSubscriptionType()?.getFields().paid;
  if (paid !== undefined && source !== undefined) paid.subscribe = source;
  return createAuthorization(schema, options);
}

export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly errors: readonly Readonly<Record<string, unknown>>[];
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly calls: readonly string[];
}

/** Runs an operation as a host does: decided first, then executed. */
export async function run(
  world: Authorization<WorldContext>,
  person: Person | undefined,
  text: string,
  { variables = {}, prefer, isKnown = false }: Asked = {},
): Promise<Answer> {
  const contextValue: WorldContext = { person, calls: [] };
  const { schema } = world;
  const document = parse(text);
  const [invalid] = validate(schema, document);
  if (invalid !== undefined) throw invalid;
  const request = { document, operationName: undefined, variableValues: variables, contextValue };
  const admission = await createAdmit(world)({ ...request, prefer });
  const { result, denials } =
    admission.kind === 'answered'
      ? admission
      : await admission.finish(
          await (isKnown ? executeKnown(world, request) : world.execute({ schema, ...request })),
        );
  const { status = 200 } = denials.length > 0 ? toDenialResponse(denials, 'test') : {};
  return {
    status,
    data: result.data,
    errors: (result.errors ?? []).map(({ extensions }) => extensions),
    extensions: result.extensions ?? {},
    calls: contextValue.calls,
  };
}

/** What is sent beside an operation. */
export interface Asked {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly prefer?: string;
  /** Whether its document was executed before, and is compiled. */
  readonly isKnown?: boolean;
}
