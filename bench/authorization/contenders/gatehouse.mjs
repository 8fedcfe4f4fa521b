import { execute } from 'graphql';
import { createSchema } from '../scenario.mjs';

const prelude = /* GraphQL */ `
  directive @auth(requires: [Group!]) repeatable on OBJECT | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  enum Group { STAFF CUSTOMER }
`;

/** The rule in Gatehouse's SDL. */
export const guards = { prelude, root: '@public', guarded: '@auth(requires: [STAFF])' };

/** The whole of it, as its plugin does: the decision before, then the guarded schema. */
export const createGatehouse = (library) => () =>
  createServer(
    library.createAuthorization(createSchema(guards), {
      policies: {},
      viewerOf: ({ viewer }) => viewer,
    }),
  );

/** Authorizes each operation, and executes it on the guarded schema. */
export function createServer({ schema, authorizeOperation }) {
  function answer(denials, document, contextValue) {
    if (denials.length > 0) return { errors: denials };
    return execute({ schema, document, contextValue });
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
  const { schema } = library.createAuthorization(createSchema(guards), {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
  });
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
};
