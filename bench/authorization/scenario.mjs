/** What every contender serves: the same data, the same resolvers, the same rule, the same documents. */
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse, validate } from 'graphql';

export const itemCount = 1000;

/** The guarded values are recognizable, so that one that leaks is found in an answer. */
const items = Array.from({ length: itemCount }, (_, index) => ({
  id: String(index),
  name: `guarded-${index}`,
  price: index + 0.75,
  stock: index + 5_000_000,
}));

/** Stands for a store: it answers later, as every database does. */
export const store = {
  items: async () => items,
  item: async () => items[7],
};

export const guardedFields = ['name', 'price', 'stock'];

/** The only rule: three fields of Item ask for this group. */
export const group = 'STAFF';

/** `annotations` stand where an SDL-first contender puts its rules. */
export const typeDefs = ({ prelude = '', root = '', guarded = '' } = {}) => /* GraphQL */ `
  ${prelude}
  type Query {
    items: [Item!]! ${root}
    item: Item! ${root}
  }
  type Item {
    id: ID!
    name: String ${guarded}
    price: Float ${guarded}
    stock: Int ${guarded}
  }
`;

/** An executable schema with the rules written into its SDL, not yet enforced by anything. */
export const createSchema = (annotations) =>
  makeExecutableSchema({
    typeDefs: typeDefs(annotations),
    resolvers: { Query: { items: () => store.items(), item: () => store.item() } },
  });

const documents = {
  list: 'query Items { items { id name price stock } }',
  object: 'query Item { item { id name price stock } }',
};

/** Parsed and validated for each contender: as a server keeps it, and no cache is shared. */
export function createDocument(schema, name) {
  const document = parse(documents[name]);
  const errors = validate(schema, document);
  if (errors.length > 0) throw new AggregateError(errors, `The document "${name}" is not valid.`);
  return document;
}

const groupsOf = {
  permitted: new Set([group]),
  refused: new Set(['CUSTOMER']),
};

/** A new one for each request: some contenders remember decisions by context. */
export const createContext = (kind) => ({
  viewer: { isAuthenticated: true, groups: groupsOf[kind] },
});

/** How each contender's rule is written, but for those that read it from the schema by themselves. */
export const isPermitted = (context, required) =>
  context.viewer.isAuthenticated && context.viewer.groups.has(required);

/**
 * The three cases. The refused list is compared with what the permitted list costs without
 * authorization.
 */
export const cases = [
  {
    name: 'list',
    title: `${itemCount.toLocaleString('en')} items with 3 guarded fields each, permitted`,
    document: 'list',
    viewer: 'permitted',
    target: 1.05,
  },
  {
    name: 'object',
    title: 'One small object with 3 guarded fields, permitted',
    document: 'object',
    viewer: 'permitted',
    target: 1.05,
  },
  {
    name: 'refused',
    title: 'The same list, refused (1 = the permitted list without authorization)',
    document: 'list',
    viewer: 'refused',
    target: 0.02,
  },
];
