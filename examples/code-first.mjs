// A schema made in code, with its rules in `extensions.directives`. Run: node examples/code-first.mjs
import { pathToFileURL } from 'node:url';
import { createAuthorization } from '@graphql-gatehouse/authorization';
import {
  DirectiveLocation,
  execute,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';

const Group = new GraphQLEnumType({ name: 'Group', values: { ACCOUNTING: {}, SALES: {} } });

const auth = new GraphQLDirective({
  name: 'auth',
  isRepeatable: true,
  locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT],
  args: { requires: { type: new GraphQLList(new GraphQLNonNull(Group)) } },
});

const Query = new GraphQLObjectType({
  name: 'Query',
  fields: {
    revenue: {
      type: GraphQLString,
      resolve: () => '46.00',
      extensions: { directives: { auth: { requires: ['ACCOUNTING'] } } },
    },
  },
});

const authorization = createAuthorization(new GraphQLSchema({ query: Query, directives: [auth] }), {
  policies: {},
  viewerOf: (context) => context.viewer,
});

/** Runs an operation as a viewer in these groups; without them, as an anonymous viewer. Works with any executor. */
export async function ask(text, groups) {
  const document = parse(text);
  const contextValue = {
    viewer: groups
      ? { isAuthenticated: true, groups: new Set(groups) }
      : { isAuthenticated: false, reason: 'TOKEN_MISSING' },
  };
  const errors = await authorization.authorizeOperation({ document, contextValue });
  if (errors.length > 0) return { errors };
  return execute({ schema: authorization.schema, document, contextValue });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const groups of [undefined, ['SALES'], ['ACCOUNTING']]) {
    process.stdout.write(`${JSON.stringify(await ask('{ revenue }', groups))}\n`);
  }
}
