import { envelop, useEngine, useSchema } from '@envelop/core';
import {
  DIRECTIVE_SDL,
  REQUIRES_SCOPES_DIRECTIVE_SDL,
  useGenericAuth,
} from '@envelop/generic-auth';
import { execute, parse, specifiedRules, subscribe, validate } from 'graphql';
import { createSchema } from '../scenario.mjs';

/** `@envelop/generic-auth` that protects single fields; it refuses before execution. */
export function createGenericAuth() {
  const schema = createSchema({
    prelude: `${DIRECTIVE_SDL} ${REQUIRES_SCOPES_DIRECTIVE_SDL}`,
    guarded: '@authenticated @requiresScopes(scopes: [["STAFF"]])',
  });
  return withEnvelop(schema, [
    useGenericAuth({
      mode: 'protect-granular',
      resolveUserFn: ({ viewer }) => (viewer.isAuthenticated ? viewer : null),
      extractScopes: (viewer) => [...viewer.groups],
    }),
  ]);
}

/** Envelop without any authorization: its own part of what the one above costs. */
export const createPlainEnvelop = () => withEnvelop(createSchema(), []);

function withEnvelop(schema, plugins) {
  const getEnveloped = envelop({
    plugins: [
      useEngine({ parse, validate, specifiedRules, execute, subscribe }),
      useSchema(schema),
      ...plugins,
    ],
  });
  return {
    schema,
    async run(document, initialContext) {
      const enveloped = getEnveloped(initialContext);
      const contextValue = await enveloped.contextFactory();
      return enveloped.execute({ schema: enveloped.schema, document, contextValue });
    },
  };
}
