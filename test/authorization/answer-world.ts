import { createAdmit, createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, execute, GraphQLScalarType, parse } from 'graphql';
import { holding } from './fixtures.ts';

interface Context {
  readonly viewer: Viewer;
}

const typeDefs = `
  enum Group { STAFF }
  directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  enum Level { LOW MIDDLE }
  scalar Json
  type Query { root: Node @public, nodes: [Node!]! @public, some: [Thing] @public, text: String @public }
  type Mutation { change: Node @public, remove: String @public, strict: Node! @public }
  type Subscription { changed: Node @public }
  interface Thing { id: ID! }
  type Node implements Thing {
    id: ID!
    name: String
    secret: String @auth(requires: [STAFF])
    level: Level
    number: Int
    json: Json
    tags: [String]
    grid: [[Int]]
    levels: [Level!]
    kids: [Node!]
    lateKids: [Node]
    lateItems: [Node]
    lateTags: [String]
    one: Node
    things: [Thing!]
  }
  type Other implements Thing { id: ID!, name: String }
`;

/** A node. What begins with `late` comes as promises. */
export type Node = Readonly<Record<string, unknown>>;

export interface AnswerOptions {
  readonly root: () => unknown;
  readonly maxAnswerValues?: number;
  readonly maxAnswerCharacters?: number;
  readonly events?: readonly unknown[];
  /** Called by each field with a resolver of its own. */
  readonly onCall?: () => void;
}

const byName = (value: unknown) => ('number' in Object(value) ? 'Node' : 'Other');

/** Guards a schema of nodes that are read as properties, but for those that come late. */
export function guardNodes({ root, events = [], onCall = () => {}, ...limits }: AnswerOptions) {
  const called = (read: () => unknown) => () => {
    onCall();
    return read();
  };
  async function* subscribe() {
    for (const changed of events) yield { changed };
  }
  const resolvers = {
    Json: new GraphQLScalarType({ name: 'Json' }),
    Thing: { __resolveType: byName },
    Query: {
      root: called(root),
      nodes: called(root),
      some: called(root),
      text: called(root),
    },
    Mutation: { change: called(root), remove: called(() => 'removed'), strict: called(root) },
    Subscription: { changed: { subscribe } },
    Node: {
      lateKids: async ({ kids }: Node) => {
        onCall();
        return kids;
      },
      lateItems: ({ kids }: Node) => [kids ?? []].flat().map(async (kid) => kid),
      lateTags: ({ tags }: Node) => [tags].flat().map(async (tag) => tag),
    },
  };
  return createAuthorization<Viewer, Context>(makeExecutableSchema({ typeDefs, resolvers }), {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
    ...limits,
  });
}

export type NodeAuthorization = ReturnType<typeof guardNodes>;

/** How an operation is executed: by graphql-js, or compiled. */
export const engines = ['graphql-js', 'compiled'] as const;

export const contextValue = { viewer: holding('STAFF') };

/** Executes an operation on a guarded schema. */
export async function run(
  { schema, execute: executeKnown }: NodeAuthorization,
  engine: (typeof engines)[number],
  text: string,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<ExecutionResult> {
  const request = { schema, document: parse(text), contextValue, variableValues };
  if (engine === 'graphql-js') return await execute(request);
  await executeKnown({ ...request, operationName: 'unknown' });
  return await executeKnown(request);
}

/** Admits, executes and finishes an operation, as hosts do. */
export async function answer(
  authorization: NodeAuthorization,
  engine: (typeof engines)[number],
  text: string,
  prefer?: string,
) {
  const document = parse(text);
  const admission = await createAdmit(authorization)({ document, contextValue, prefer });
  if (admission.kind === 'answered') throw new Error('The operation was refused.');
  return admission.finish(await run(authorization, engine, text));
}
