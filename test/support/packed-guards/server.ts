import { readFileSync } from 'node:fs';
import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { buildSchema, version } from 'graphql';
import { createYoga } from 'graphql-yoga';

/** A server of a user who has the packed library: it answers with the graphql that is installed here. */
interface Context {
  readonly viewer: Viewer;
}

const schema = buildSchema(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'));
Object.assign(schema.getQueryType()?.getFields().invoices ?? {}, { resolve: () => [1, 2] });
const authorization = createAuthorization<Viewer, Context>(schema, {
  policies: {},
  viewerOf: ({ viewer }) => viewer,
});
const yoga = createYoga<Context>({
  schema: authorization.schema,
  plugins: [createEnvelopPlugin<Context>({ ...authorization, realm: 'packed' })],
  logging: false,
});

const holding = (...groups: string[]): Viewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
});
const anonymous: Viewer = { isAuthenticated: false, reason: 'TOKEN_MISSING' };

async function ask(viewer: Viewer, query: string, variables = {}) {
  const response = await yoga.fetch(
    'http://yoga/graphql',
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
      },
      body: JSON.stringify({ query, variables }),
    },
    { viewer },
  );
  return { status: response.status, body: await response.json() };
}

async function refusalOf(viewer: Viewer, query: string, variables = {}) {
  const { status, body } = await ask(viewer, query, variables);
  return [status, body.errors?.[0].extensions.coordinate ?? null];
}

const fields = await ask(holding('SALES'), '{ __type(name: "Query") { fields { name } } }');
const byVariable = 'query ($by: Input) { invoices(by: $by) }';
process.stdout.write(
  JSON.stringify({
    graphql: version,
    anonymous: await refusalOf(anonymous, '{ invoices }'),
    sales: await refusalOf(holding('SALES'), '{ invoices(first: 1) }'),
    'sales, in a variable': await refusalOf(holding('SALES'), byVariable, { by: { secret: 1 } }),
    accounting: await refusalOf(holding('ACCOUNTING'), byVariable, { by: { secret: 1 } }),
    'shown to sales': fields.body.data.__type.fields
      .map(({ name }: { readonly name: string }) => name)
      .sort(),
  }),
);
