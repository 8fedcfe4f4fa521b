import {
  type Authorization,
  AuthorizationError,
  type AuthorizationOptions,
  createAuthorization,
  type Policies,
  SchemaAuthorizationError,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';
import { buildSchema, execute, isUnionType, parse } from 'graphql';

const places = `repeatable on OBJECT | INTERFACE | UNION | SCALAR | ENUM | INPUT_OBJECT
  | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE`;

/** The directives of an application that has groups and no policies. */
export const groupsOnly = `
  enum Group { ADMIN EDITOR USER }
  directive @auth(requires: [Group!], readable: Boolean, maxAge: Int, factors: Int) ${places}
  directive @public on FIELD_DEFINITION
`;

/** The directives of an application that has groups and the policies SELF and BOSS. */
export const withPolicies = `
  enum Group { ADMIN EDITOR USER }
  enum Policy { SELF BOSS }
  directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!], readable: Boolean, maxAge: Int, factors: Int) ${places}
  directive @public on FIELD_DEFINITION
`;

export interface TestContext {
  readonly viewer: Viewer;
}

export const anonymous: Viewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

export const holding = (...groups: readonly string[]): Viewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
});

export interface GuardOptions {
  readonly resolvers?: IResolvers<unknown, TestContext>;
  readonly policies?: Policies<Viewer, TestContext>;
  readonly types?: NonNullable<AuthorizationOptions<Viewer, TestContext>['types']>;
  readonly onPolicyError?: (error: unknown, policy: string) => void;
  readonly maxRepresentations?: number;
  readonly now?: () => Date;
}

/** Guards the schema of `sdl`. */
export function guard(
  sdl: string,
  { resolvers = {}, ...options }: GuardOptions = {},
): Authorization<TestContext> {
  return guardBuilt(makeExecutableSchema({ typeDefs: sdl, resolvers }), options);
}

/** Guards a schema that is already built. */
export function guardBuilt(
  schema: GraphQLSchema,
  { policies = {}, ...options }: Omit<GuardOptions, 'resolvers'> = {},
): Authorization<TestContext> {
  return createAuthorization<Viewer, TestContext>(schema, {
    types: typesOf(schema),
    policies,
    viewerOf: ({ viewer }) => viewer,
    ...options,
  });
}

/** Rows of all types but entities, of which there are none. */
export function typesOf(schema: GraphQLSchema) {
  const union = schema.getType('_Entity');
  const entities = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
  return Object.fromEntries(
    Object.keys(schema.getTypeMap())
      .filter((name) => !entities.includes(name))
      .map((name) => [name, { byIds: () => [] }] as const),
  );
}

export interface AskOptions {
  readonly viewer?: Viewer;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string | null;
}

/** The refusals before execution, each as `coordinate at path`. */
export async function ask(
  { authorizeOperation }: Authorization<TestContext>,
  text: string,
  { viewer = anonymous, variables, operationName }: AskOptions = {},
): Promise<readonly string[]> {
  const denials = await authorizeOperation({
    document: parse(text),
    operationName,
    variableValues: variables,
    contextValue: { viewer },
  });
  return denials.map(({ denial, path }) => `${denial.coordinate} at ${path?.join('.')}`);
}

/** Runs an operation on the guarded schema alone, with no decision before it. */
export async function runAlone(
  { schema }: Authorization<TestContext>,
  text: string,
  { viewer = anonymous, variables, operationName }: AskOptions = {},
) {
  const { data, errors } = await execute({
    schema,
    document: parse(text),
    operationName,
    variableValues: variables,
    contextValue: { viewer },
  });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    denied: (errors ?? []).map(({ originalError, path, message }) =>
      originalError instanceof AuthorizationError
        ? `${originalError.denial.coordinate} at ${path?.join('.')}`
        : message,
    ),
  };
}

/** The offences of a schema, each as `coordinate: problem`. */
export const offencesOf = (sdl: string, policies: Policies<Viewer, TestContext> = {}) =>
  offencesOfBuilt(buildSchema(sdl, { assumeValidSDL: true }), policies);

export function offencesOfBuilt(
  schema: GraphQLSchema,
  policies: Policies<Viewer, TestContext> = {},
): readonly string[] {
  try {
    guardBuilt(schema, { policies });
  } catch (error) {
    if (!(error instanceof SchemaAuthorizationError)) throw error;
    return error.offences.map(({ coordinate, problem }) => `${coordinate}: ${problem}`);
  }
  return [];
}

/** What clients of remote procedures return: a function that can be awaited, of which only `then` is known. */
export const callable = <Value>(promise: Promise<Value>): PromiseLike<Value> & (() => unknown) => {
  // biome-ignore lint/suspicious/noThenProperty: the subject of the tests
  const stub = Object.assign(() => callable(promise), { then: promise.then.bind(promise) });
  return new Proxy(stub, { has: () => false });
};
