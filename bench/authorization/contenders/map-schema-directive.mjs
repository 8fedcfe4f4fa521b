import { getDirective, MapperKind, mapSchema } from '@graphql-tools/utils';
import { defaultFieldResolver, execute, GraphQLError } from 'graphql';
import { createSchema, isPermitted } from '../scenario.mjs';

const prelude = 'directive @auth(requires: String!) on FIELD_DEFINITION';

const forbid = () => {
  throw new GraphQLError('Forbidden', { extensions: { code: 'FORBIDDEN' } });
};

/** The directive of the tutorials, with the `async` that most of them write before the resolver. */
export const createAsyncDirective = () =>
  withDirective((resolve, requires) => async (source, args, context, info) => {
    if (!isPermitted(context, requires)) forbid();
    return resolve(source, args, context, info);
  });

/** The same without it. */
export const createSyncDirective = () =>
  withDirective((resolve, requires) => (source, args, context, info) => {
    if (!isPermitted(context, requires)) forbid();
    return resolve(source, args, context, info);
  });

function withDirective(guard) {
  const plain = createSchema({ prelude, guarded: '@auth(requires: "STAFF")' });
  const schema = mapSchema(plain, {
    [MapperKind.OBJECT_FIELD](config) {
      const directive = getDirective(plain, config, 'auth')?.[0];
      if (directive === undefined) return config;
      const { resolve = defaultFieldResolver } = config;
      return { ...config, resolve: guard(resolve, directive.requires) };
    },
  });
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
}
