import { createAuthorization, type Policies, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { type ExecutionArgs, execute, parse } from 'graphql';
import { expect } from 'vitest';
import { holding } from './fixtures.ts';

export interface Context {
  readonly viewer: Viewer;
  /** How often the viewer was read, which every guarded field does. */
  reads: number;
}

export const listsSdl = `
  enum Group { STAFF }
  enum Policy { OWN }
  directive @auth(requires: [Group!], or: [Policy!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  type Query { items: [Item!] @public, later: [Item!] @public, page: Page @public, broken: Page @public }
  type Mutation { items: [Item!] @public }
  type Page { nodes: [Item!]!, total: Int! @auth(requires: [STAFF]) }
  type Item {
    id: ID!
    name: String @auth(requires: [STAFF])
    own: String @auth(requires: [STAFF], or: [OWN])
    nested: [Item!]
    upper(by: Int = 1): String
  }
`;

/** What a resolver of these fields returns. */
type Data = Readonly<Record<string, unknown>>;

export const rows = (): Data[] =>
  Array.from({ length: 5 }, (_, index) => ({
    id: index,
    name: `name ${index}`,
    own: `own ${index}`,
    nested: [{ id: `n${index}`, name: 'inner' }],
  }));

/** Guards a schema, and counts in the context how often the viewer is read. */
export const guardCounting = (
  typeDefs: string,
  resolvers: IResolvers<unknown, Context>,
  policies: Policies<Viewer, Context> = {},
) =>
  createAuthorization<Viewer, Context>(makeExecutableSchema({ typeDefs, resolvers }), {
    policies,
    viewerOf(context) {
      context.reads += 1;
      return context.viewer;
    },
  });

/** The guarded schema of lists whose resolvers return `items`. */
export function guardLists(items: () => unknown = rows) {
  const page = () => ({ nodes: items(), total: 5 });
  const broken = () => ({ nodes: items(), total: null });
  const resolvers = {
    Query: { items, later: async () => items(), page, broken },
    Mutation: { items },
  };
  return guardCounting(listsSdl, resolvers, { OWN: () => true });
}

export const contextOf = (viewer: Viewer): Context => ({ viewer, reads: 0 });
export const staff = () => contextOf(holding('STAFF'));

type Authorization = ReturnType<typeof guardLists>;
type Request = Partial<Omit<ExecutionArgs, 'document' | 'contextValue'>> & {
  readonly contextValue: Context;
};

/**
 * The answer of a compiled operation, and how often it read the viewer. The answer must be that of graphql-js, which
 * executes a document for the first time.
 */
export async function compare(authorization: Authorization, text: string, request: Request) {
  const { schema } = authorization;
  const document = parse(text);
  const before = { ...request.contextValue };
  const first = await authorization.execute({
    schema,
    ...request,
    document,
    contextValue: { ...request.contextValue },
  });
  const seen = await authorization.execute({ schema, ...request, document });
  const expected = await execute({ schema, ...request, document, contextValue: before });
  expect(JSON.stringify(first)).toBe(JSON.stringify(expected));
  expect(JSON.stringify(seen)).toBe(JSON.stringify(expected));
  return { ...seen, reads: request.contextValue.reads, expectedReads: before.reads };
}

/** The answer of this execution. It must be that of graphql-js. */
export async function answer(authorization: Authorization, text: string, request: Request) {
  const { data, errors } = await compare(authorization, text, request);
  return { data, errors };
}

/** Lists in three places. */
export const asked = '{ items { id name } later { id name } page { nodes { id name } } }';
