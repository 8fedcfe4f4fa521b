import type { Differences } from './jest-globals.ts';

/** Cases of Apollo's suite that do not hold, by the reason. Each is run, and must fail. */
export type Reasons = Readonly<Record<string, readonly string[]>>;

const thrown = [
  'does not expose stack',
  'new error',
  'modified error',
  'nulled error',
  'undefined error',
  'returns errors',
  'allows for custom error formatting to sanitize',
  'allows for custom error formatting to elaborate',
];

const batches = [
  'applies cacheControl Headers for batched operation',
  'can handle batch requests',
  'can handle batch requests with one element',
  'can handle batch requests in parallel',
  'clones batch context',
  'executes batch context if it is a function',
  'returns with batched persisted queries',
];

const incremental = [
  'basic @defer working legacy incremental',
  'basic @defer working graphql@17.0.0-alpha.9',
  'first payload sent while deferred field is blocking legacy incremental',
  'first payload sent while deferred field is blocking graphql@17.0.0-alpha.9',
];

const texts = [
  'variable coercion errors',
  'catches required type variable error and returns UserInputError',
  'catches required List type variable error and returns UserInputError',
  'catches non-null type variable error and returns UserInputError',
  'catches non-null List type variable error and returns UserInputError',
  'catches List of non-null type variable error and returns UserInputError',
  'catches custom scalar parseValue and returns BAD_USER_INPUT',
  'catches custom scalar parseValue and preserves code',
  'throws an error if POST operation is empty',
  'returns an error on parse failure',
  'returns an error on validation failure',
  'unknown operation name returns 400 and OPERATION_RESOLUTION_FAILURE',
  'unknown operation name returns 400 and OPERATION_RESOLUTION_FAILURE for GET requests',
  'multiple operations with no `operationName` specified returns 400 and OPERATION_RESOLUTION_FAILURE',
  'throws an error if GET query is missing',
];

const introspection = [
  'can handle introspection request',
  'can handle Rover introspection request',
];

/** Apollo Server with the plugin of the library. */
export const libraryReasons: Reasons = {
  'the text of what a resolver throws is not for clients': thrown,
  'a batch is refused with 400': batches,
  'an operation with `@defer` is refused with 400': incremental,
};

/** Apollo Server with the plugin of Gatehouse. */
export const gatehouseReasons: Reasons = {
  'errors about the request have the texts and extensions of Gatehouse, which quote nothing of it':
    [
      ...texts,
      'accepts additional rules',
      'prevents introspection by default during production',
      'returns error when hash does not match',
      'throws error if trying to use mutation using GET request',
      'throws error if trying to use mutation with fragment using GET request',
      'applies additional validationRules',
      'errors when version is not specified',
      'errors when version is unsupported',
      'errors when hash is mismatched',
    ],
  "an error of another plugin is answered in Gatehouse's form": [
    'allows setting a custom status code for an error',
    "doesn't resort to query body signature on `didResolveOperation` error",
    'throwing in didResolveOperation results in error with default HTTP status code',
    'throwing in didResolveOperation results in error with specified HTTP status code',
  ],
  'the text of what a resolver throws is not for clients': thrown,
  'an error whose code no domain declares is an internal one': [
    'unmodified',
    'masked',
    'propagates error codes in production',
    'propagates error codes with null response in production',
    'propagates error codes in dev mode',
    'shows error extensions in extensions (only!)',
    'GraphQLError HTTP extensions are respected and stripped',
  ],
  '`contextOf` alone makes a context': ['for every request with executeOperation'],
  "the host's `formatError` does not change answers": [
    'includes errors in federated trace',
    'applies formatError if provided',
    'formatError receives error that can be unwrapped to pass instanceof checks',
    'formatError receives error that passes instanceof checks when GraphQLError',
    'formatError receives correct error for parse failure',
    'sends internal server error when formatError fails',
  ],
  'a batch is refused with 400': batches,
  '`PERSISTED_QUERY_NOT_SUPPORTED` has the status 400': [
    'returns PersistedQueryNotSupported to a GET request if PQs disabled',
    'returns PersistedQueryNotSupported to a POST request if PQs disabled',
  ],
  'introspection also shows the fields of Gatehouse, on its root types': introspection,
  'an operation with `@defer` is refused with 400': incremental,
};

/** Gatehouse's own server. */
export const serverReasons: Reasons = {
  'the server hands out no Apollo Server': [
    'lockstep versioning of @apollo/server and @apollo/server-integration-testsuite',
    'for every request with executeOperation',
  ],
  'errors about the request have the texts and extensions of Gatehouse, which quote nothing of it':
    [
      ...texts,
      'throws an error if POST operation is missing',
      'throws an error if POST JSON is malformed',
      'throws an error if GET request has a non-application/json content-type',
      'throws an error if GET request has a non-preflighted non-application/json content-type',
      'throws an error if GET request has a malformed content-type',
      'does not accept multiple query search parameters',
      'POST does not handle a request with variables as string',
      'POST does not handle a request with extensions as string',
      'does not accept a query AST',
      'disables batch requests by default',
    ],
  'a body without the type of JSON is refused with 415': [
    'throws an error if POST body is empty',
    'throws an error if invalid content-type',
  ],
  'answers have `no-store`': [
    'applies cacheControl Headers',
    'contains private cacheControl Headers when scoped',
    'cache-control set with dynamic hint',
  ],
  'persisted queries are not kept': [
    'returns PersistedQueryNotFound to a GET request',
    'returns PersistedQueryNotFound to a POST request',
  ],
  'introspection also shows the fields of Gatehouse, on its root types': introspection,
  'the text of what a resolver throws is not for clients': ['returns errors'],
  'an error whose code no domain declares is an internal one': [
    'GraphQLError HTTP extensions are respected and stripped',
  ],
};

/** Returns the reason of each title. */
export const byTitle = (reasons: Reasons): Differences =>
  Object.fromEntries(
    Object.entries(reasons).flatMap(([reason, titles]) => titles.map((title) => [title, reason])),
  );
