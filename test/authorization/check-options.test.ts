import { createAdmit, createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';

const schema = buildSchema(`
  enum Group { STAFF }
  directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  type Query { a: Int @auth }
`);
const rightly = {
  policies: {},
  viewerOf: (): Viewer => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
};
const authorization = createAuthorization(schema, rightly);
const token = {
  issuer: 'https://login.example.com',
  audience: 'invoices',
  jwks: 'https://login.example.com/keys',
  groups: () => [],
};

/** Calls a function as JavaScript does, with options of any type. */
const call = (caller: unknown, ...args: readonly unknown[]): unknown =>
  typeof caller === 'function' ? Reflect.apply(caller, undefined, args) : undefined;

describe('an option of the wrong type', () => {
  it.each<{ caller: unknown; args: readonly unknown[]; names: readonly string[] }>([
    { caller: createAuthorization, args: [schema], names: ['policies', 'viewerOf'] },
    { caller: createAuthorization, args: [schema, null], names: ['policies', 'viewerOf'] },
    {
      caller: createAuthorization,
      args: [schema, { viewerOf: rightly.viewerOf }],
      names: ['policies'],
    },
    {
      caller: createAuthorization,
      args: [schema, { ...rightly, policies: null }],
      names: ['policies'],
    },
    {
      caller: createAuthorization,
      args: [schema, { ...rightly, viewerOf: {} }],
      names: ['viewerOf'],
    },
    {
      caller: createAuthorization,
      args: [
        schema,
        {
          ...rightly,
          introspection: 'OFF',
          onPolicyError: 1,
          onRowsError: 1,
          report: true,
          combineFilters: 'prisma',
        },
      ],
      names: ['onPolicyError', 'onRowsError', 'report', 'combineFilters', 'introspection'],
    },
    {
      caller: createAuthorization,
      args: [schema, { ...rightly, combineFilters: { any: () => ({}) } }],
      names: ['combineFilters.all'],
    },
    ...['abc', Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY, null].map(
      (maxRepresentations) => ({
        caller: createAuthorization,
        args: [schema, { ...rightly, maxRepresentations }],
        names: ['maxRepresentations'],
      }),
    ),
    { caller: createAuthorization, args: [{}, rightly], names: ['schema'] },
    {
      caller: createAdmit,
      args: [{}],
      names: ['authorizeOperation', 'decideOperation', 'introspect', 'auditReads'],
    },
    {
      caller: createAuthorizationPlugin,
      args: [{}],
      names: ['authorizeOperation', 'decideOperation', 'introspect', 'auditReads', 'realm'],
    },
    { caller: createAuthorizationPlugin, args: [authorization], names: ['realm'] },
    {
      caller: createEnvelopPlugin,
      args: [{ ...authorization, realm: 5, preferOf: 'prefer' }],
      names: ['realm', 'preferOf'],
    },
    { caller: tokenViewer, args: [{ ...token, groups: 'groups' }], names: ['groups'] },
    { caller: tokenViewer, args: [{ ...token, jwks: undefined }], names: ['jwks'] },
    { caller: tokenViewer, args: [{ ...token, jwks: 'keys' }], names: ['jwks'] },
    { caller: tokenViewer, args: [{ ...token, now: new Date() }], names: ['now'] },
  ])('is an error that names it: $names', ({ caller, args, names }) => {
    let thrown: unknown;
    try {
      call(caller, ...args);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TypeError);
    const named = String(thrown).match(/`[\w.]+` must be/g);
    expect(named).toEqual(names.map((name) => `\`${name}\` must be`));
  });

  it('says what it must be', () => {
    expect(() => call(createAuthorization, schema, { ...rightly, introspection: 'OFF' })).toThrow(
      "createAuthorization: `introspection` must be one of 'viewer', 'full', 'off'.",
    );
    expect(() => call(createAuthorization, schema, { viewerOf: 5 })).toThrow(
      'createAuthorization: `policies` must be an object, `viewerOf` must be a function.',
    );
    expect(() => call(createAuthorization, schema, { ...rightly, maxRepresentations: 0 })).toThrow(
      'createAuthorization: `maxRepresentations` must be a positive integer.',
    );
    expect(() => call(createAuthorization, {}, rightly)).toThrow(
      'createAuthorization: `schema` must be a GraphQLSchema.',
    );
  });
});
