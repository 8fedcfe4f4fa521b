import { execute } from 'graphql';
import { createSchema } from '../scenario.mjs';

const prelude = /* GraphQL */ `
  directive @auth(requires: [Group!]) repeatable on OBJECT | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  enum Group { STAFF CUSTOMER }
`;

/** The rule in Gatehouse's SDL. */
export const guards = { prelude, root: '@public', guarded: '@auth(requires: [STAFF])' };

const createAuthorization = (library) =>
  library.createAuthorization(createSchema(guards), {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
  });

/** The whole of it, as its plugin does: the decision before, then the guarded schema. */
export const createGatehouse = (library) => () => createServer(createAuthorization(library));

/** The same, with compiled queries, as the server executes documents that it knows. */
export const createGatehouseCompiled = (library) => () => {
  const authorization = createAuthorization(library);
  return createServer(authorization, authorization.execute);
};

/** Authorizes each operation, and executes it on the guarded schema. */
export function createServer({ schema, authorizeOperation }, run = execute) {
  function answer(denials, document, contextValue) {
    if (denials.length > 0) return { errors: denials };
    return run({ schema, document, contextValue });
  }

  return {
    schema,
    run(document, contextValue) {
      const denials = authorizeOperation({ document, contextValue });
      return denials instanceof Promise
        ? denials.then((late) => answer(late, document, contextValue))
        : answer(denials, document, contextValue);
    },
  };
}

/** Runs the guarded resolvers alone, without authorizing the operation before: what the wrapping costs. */
export const createGatehouseGuards = (library) => () => {
  const { schema } = createAuthorization(library);
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
};
