import {
  type AuthenticationTimes,
  type Authorization,
  type AuthorizationOptions,
  createAuthorization,
  directiveTypeDefs,
  type Policies,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLResolveInfo } from 'graphql';
import { at, clock } from './proofs-world.ts';
import type { NamedViewer } from './rows-world.ts';

/** A row of `Vault`, whose rule asks for two factors, of `Fresh`, for a recent one, or of `Shelf`, for none. */
interface Row {
  readonly __typename: 'Vault' | 'Shelf' | 'Fresh';
  readonly id: string;
  readonly owner: string;
}

export interface ProofContext {
  readonly viewer: NamedViewer;
}

const rows: readonly Row[] = [
  { __typename: 'Vault', id: 'v-ada', owner: 'ada' },
  { __typename: 'Vault', id: 'v-bob', owner: 'bob' },
  { __typename: 'Shelf', id: 's-ada', owner: 'ada' },
  { __typename: 'Fresh', id: 'f-ada', owner: 'ada' },
];

const withProofs = (
  { name, groups = [] }: { readonly name: string; readonly groups?: readonly string[] },
  authenticatedAt: AuthenticationTimes | 'EACH_REQUEST',
): NamedViewer => ({ isAuthenticated: true, name, groups: new Set(groups), authenticatedAt });
const password = { PASSWORD: at(-10) };
const both = { PASSWORD: at(-10), OTP: at(-10) };

/** Ada owns a vault, and the ADMIN sees all: each after a password alone, and after two factors. */
export const askers = {
  owner: withProofs({ name: 'ada' }, password),
  admin: withProofs({ name: 'eve', groups: ['ADMIN'] }, password),
  provenOwner: withProofs({ name: 'ada' }, both),
  provenAdmin: withProofs({ name: 'eve', groups: ['ADMIN'] }, both),
  program: withProofs({ name: 'ada' }, 'EACH_REQUEST'),
  anonymous: { isAuthenticated: false, reason: 'TOKEN_MISSING' },
} as const satisfies Readonly<Record<string, NamedViewer>>;

const typeDefs = `
  ${directiveTypeDefs()}
  enum Group { ADMIN }
  enum Policy { OWNER NONE }
  interface Node { id: ID! }
  type Vault implements Node @auth(requires: [ADMIN], rows: [OWNER], factors: 2) { id: ID! }
  type Shelf implements Node @auth(requires: [ADMIN], rows: [OWNER]) { id: ID! books: Int }
  type Fresh @auth(rows: [OWNER], maxAge: 600) { id: ID! }
  union Recent = Fresh | Shelf
  union Item = Vault | Shelf
  type VaultEdge { node: Vault cursor: String }
  type VaultConnection { edges: [VaultEdge!] totalCount: Int }
  type ItemEdge { node: Item cursor: String }
  type ItemConnection { edges: [ItemEdge!] nodes: [Item!] totalCount: Int }
  type LateConnection { edges: [ItemEdge!] totalCount: Int }
  type Holder { vault: Vault item(id: ID!): Node }
  input Into { ids: [ID!] @references(type: "Vault") }
  type Query {
    open: Int @public
    fresh: Int @auth(maxAge: 5)
    secret: Int @auth(requires: [ADMIN])
    openNamed(id: ID! @references(type: "Vault")): Int @public
    editNode(id: ID! @references(type: "Node", rows: [NONE])): Int @auth
    vault(id: ID!): Vault @auth
    vaults: [Vault!] @auth
    vaultPage: VaultConnection @auth
    holder: Holder @auth
    node(id: ID!): Node @auth
    strictNode: Node! @auth
    nodes(ids: [ID!]!): [Node] @auth
    item(id: ID!): Item @auth
    items(ids: [ID!]!): [Item!] @auth
    page(ids: [ID!]!, ask: [String]): ItemConnection @auth
    pages: [ItemConnection!] @auth
    latePage(ids: [ID!]!, ask: [String]): LateConnection @auth
    named(id: ID @references(type: "Vault")): Int @auth
    byDefault(id: ID! = "v-ada" @references(type: "Vault")): Int @auth
    input(input: Into): Int @auth
    namedNode(id: ID! @references(type: "Node")): Int @auth
    find(type: String!, id: ID!): Int @auth
    filterOf(type: String!): Int @auth
    rowsOf(type: String, ids: [ID!] = []): [Node!] @auth
  }
  type Mutation {
    open(id: ID! @references(type: "Vault")): Int @auth
    put(id: ID!): Node @auth
    renew(id: ID!): Recent @auth
    reread(type: String!, id: ID!): Int @auth
    look(type: String!, id: ID!): Int @auth
    sum(type: String!): Int @auth
    wait(seconds: Int!): Int @auth
  }
  type Subscription { put(id: ID!): Node @auth  watch(id: ID! @references(type: "Vault")): Int @auth }
`;

const policies: Policies<NamedViewer, ProofContext> = {
  OWNER: {
    reads: ['owner'],
    admits: (viewer, { owner }) => owner === viewer.name,
    where: (viewer) => ({ owner: viewer.name }),
  },
  NONE: { reads: [], admits: () => false, where: () => ({ owner: null }) },
};

/** The ids that `byIds` read, and the resolvers that ended. */
export const done: string[] = [];

const rowOf = (id: string): Row | null => rows.find((row) => row.id === id) ?? null;
const rowsOf = (ids: readonly string[]): Row[] => ids.flatMap((id) => rowOf(id) ?? []);

type Args = {
  readonly id: string;
  readonly ids: readonly string[];
  readonly type: string;
  readonly ask?: readonly (string | null)[];
  readonly seconds: number;
};
type Resolve = (
  source: unknown,
  args: Args,
  context: ProofContext,
  info: GraphQLResolveInfo,
) => unknown;

const end =
  (name: string): Resolve =>
  () =>
    done.push(name);
const one: Resolve = (_source, { id }) => rowOf(id);
const many: Resolve = (_source, { ids }) => rowsOf(ids);

/** Guards the world. Its resolvers do what those of an application can. */
export function createRuleProofs(
  options: Pick<AuthorizationOptions<NamedViewer, ProofContext>, 'report'> = {},
): Authorization<ProofContext> {
  /** Asks for the filter of each type by name. Null: for that of all. */
  const asking = (info: GraphQLResolveInfo, types: Args['ask'] = []): void => {
    for (const type of types) authorization.rowsOf(info, type ?? undefined);
  };
  const page: Resolve = (_source, { ids, ask }, _context, info) => {
    asking(info, ask);
    const found = rowsOf(ids);
    return {
      totalCount: found.length,
      nodes: found,
      edges: found.map((node) => ({ node, cursor: node.id })),
    };
  };
  const latePage: Resolve = (_source, { ids, ask }, _context, info) => {
    asking(info, ask);
    const found = rowsOf(ids);
    const edges = () => found.map((node) => ({ node: () => node, cursor: node.id }));
    return { totalCount: () => found.length, edges };
  };
  const vaultPage: Resolve = (_source, _args, _context, info) => {
    authorization.rowsOf(info);
    return { totalCount: 1, edges: [{ node: rowOf('v-ada') }] };
  };
  const find: Resolve = async (_source, { type, id }, context) => {
    const found = await authorization.find(type, id, context);
    return found === undefined ? null : done.push('find');
  };
  const filterOf: Resolve = (_source, { type }, context) => {
    authorization.filterOf(type, context);
    return done.push('filterOf');
  };
  const Query: Readonly<Record<string, Resolve>> = {
    open: () => 1,
    vault: one,
    vaults: () => rowsOf(['v-ada']),
    vaultPage,
    holder: () => ({ vault: rowOf('v-ada'), item: ({ id }: Args) => rowOf(id) }),
    node: one,
    strictNode: () => rowOf('v-ada'),
    nodes: (_source, { ids }) => ids.map(rowOf),
    item: one,
    items: many,
    page,
    pages: (...call) => [page(call[0], { ...call[1], ids: ['s-ada', 'v-ada'] }, call[2], call[3])],
    latePage,
    named: end('named'),
    byDefault: end('byDefault'),
    input: end('input'),
    namedNode: end('namedNode'),
    find,
    filterOf,
    rowsOf(_source, { type, ids }, _context, info) {
      authorization.rowsOf(info, type);
      return rowsOf(ids);
    },
  };
  async function* events(id: string) {
    yield { put: rowOf(id), watch: 1 };
  }
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: {
      Query,
      Mutation: {
        open: end('open'),
        renew: one,
        look: find,
        sum: filterOf,
        wait: (_source, { seconds }) => {
          clock.seconds += seconds;
        },
        put(_source, { id }) {
          done.push('put');
          return rowOf(id);
        },
        async reread(_source, { type, id }, context, info) {
          const reference = { typeName: type, rows: [] };
          const named = { reference, id, coordinate: 'Mutation.reread', argument: type };
          await authorization.readReferences([named], context, info);
          return done.push('reread');
        },
      },
      Subscription: {
        put: { subscribe: (_source, { id }) => events(id) },
        watch: {
          subscribe(_source, { id }) {
            done.push('watch');
            return events(id);
          },
        },
      },
    },
  });
  const byIds = (ids: readonly unknown[]) => {
    done.push(`read ${ids.join(' ')}`);
    return rows.filter(({ id }) => ids.includes(id));
  };
  const authorization: Authorization<ProofContext> = createAuthorization<NamedViewer, ProofContext>(
    schema,
    {
      policies,
      types: { Vault: { byIds }, Shelf: { byIds }, Fresh: { byIds }, Node: { byIds } },
      viewerOf: ({ viewer }) => viewer,
      now: clock.now,
      ...options,
    },
  );
  return authorization;
}
