import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthorization, type Viewer } from '@gatehouse/authorization';
import { createEnvelopPlugin } from '@gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { ExecutionResult } from 'graphql';
import { parse } from 'graphql';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { IntrospectionError } from '../../packages/authorization/src/visibility/introspection.ts';
import { type AskOptions, ask } from '../support/ask.ts';
import { holding, withPolicies } from './fixtures.ts';

type YogaContext = YogaInitialContext & { readonly viewer: Viewer };

const ran: string[] = [];
const run = (name: string) => () => {
  ran.push(name);
  return name;
};

const items = Array.from({ length: 1000 }, (_, id) => ({ id }));

const authorization = createAuthorization<Viewer, YogaContext>(
  makeExecutableSchema({
    typeDefs: `${withPolicies}
    type Query {
      open: String @public
      secret: String @auth(requires: [ADMIN])
      must: String! @auth(requires: [ADMIN])
      own(id: Int = 1): String @auth(or: [SELF])
      me: Me @public
      items: [Item!] @public
      node: Node @public
      broken: String @public
    }
    type Mutation { free: String @public, locked: String @auth(requires: [ADMIN]), change: Me @public, bulk: [Item!] @public }
    type Subscription { batches: [Item!] @public, ticks: Int @auth(requires: [ADMIN]), mine(id: Int): Int @auth(or: [SELF]) }
    type Me { id: Int, email: String @auth(or: [SELF]), loud: String @auth(requires: [ADMIN]) }
    type Item { id: Int, a: Int @auth(requires: [ADMIN]), b: Int @auth(or: [SELF]) }
    interface Node { id: Int }
    type Vault implements Node @auth(requires: [ADMIN]) { id: Int }`,
    resolvers: {
      Query: {
        open: run('open'),
        secret: run('secret'),
        must: run('must'),
        own: run('own'),
        me: () => ({ id: 7, email: 'me@example.org' }),
        items: () => items,
        node: () => ({ __typename: 'Vault', id: 3 }),
        broken: () => {
          throw new Error('broken');
        },
      },
      Item: { a: run('Item.a'), b: run('Item.b') },
      Mutation: {
        free: run('free'),
        locked: run('locked'),
        change: () => {
          ran.push('change');
          return { id: 7, email: 'me@example.org' };
        },
        bulk: () => items,
      },
      Subscription: Object.fromEntries(
        Object.entries({ ticks: [1, 2], mine: [1, 2], batches: [items, items] }).map(
          ([name, values]) => [
            name,
            {
              subscribe: async function* () {
                ran.push(`source of ${name}`);
                for (const value of values) yield { [name]: value };
              },
            },
          ],
        ),
      ),
    },
  }),
  {
    policies: { SELF: (_viewer, _source, { id }) => id === 1, BOSS: () => false },
    viewerOf: ({ viewer }) => viewer,
  },
);

/** The header of a request stands for its token. */
function viewerOfHeader(header: string | null): Viewer {
  const token = header?.replace(/^Bearer /, '');
  if (token === undefined) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  if (token.startsWith('TOKEN_')) return { isAuthenticated: false, reason: token };
  return holding(token);
}

const plugin = createEnvelopPlugin<YogaContext>({
  ...authorization,
  realm: 'yoga',
  preferOf: ({ request }) => request.headers.get('prefer'),
});
const yoga = createYoga({
  schema: authorization.schema,
  context: ({ request }) => ({ viewer: viewerOfHeader(request.headers.get('authorization')) }),
  plugins: [plugin],
  graphqlEndpoint: '/',
  logging: false,
});
const server = createServer(yoga);
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${portOf(server.address())}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  ran.length = 0;
});

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('The server is not up.');
  return address.port;
}

async function send(query: string, options: AskOptions = {}) {
  const answer = await ask(url, query, options);
  return {
    ...answer,
    challenge: answer.headers.get('www-authenticate'),
    applied: answer.headers.get('preference-applied'),
    coordinates: answer.errors.map(({ extensions }) => extensions?.coordinate),
  };
}

const forbidden = 'Bearer realm="yoga", error="insufficient_scope"';

const neverAsked = () => Promise.reject(new Error('Nothing asked for a decision.'));

it('is a plugin by the types of Yoga', () => {
  expectTypeOf(plugin).toExtend<Plugin<{ readonly viewer: Viewer }>>();
  const plain = createEnvelopPlugin<YogaInitialContext>({
    authorizeOperation: async () => [],
    decideOperation: neverAsked,
    introspect: () => undefined,
    realm: 'yoga',
  });
  expectTypeOf(plain).toExtend<Plugin>();
});

describe('an operation denied before it runs', () => {
  it.each([
    { title: 'anonymous', query: '{ open secret }', status: 401, challenge: 'Bearer realm="yoga"' },
    {
      title: 'a bad token',
      token: 'TOKEN_EXPIRED',
      query: '{ open secret }',
      status: 401,
      challenge:
        'Bearer realm="yoga", error="invalid_token", error_description="The token has expired"',
    },
    {
      title: 'the wrong group',
      token: 'USER',
      query: '{ open secret }',
      status: 403,
      challenge: forbidden,
    },
    {
      title: 'a policy of a root field',
      token: 'USER',
      query: '{ open own(id: 2) }',
      status: 403,
      challenge: forbidden,
    },
    {
      title: 'a field of a list',
      token: 'USER',
      query: '{ items { id a } }',
      status: 403,
      challenge: forbidden,
    },
    {
      title: 'a mutation',
      token: 'USER',
      query: 'mutation { free locked }',
      status: 403,
      challenge: forbidden,
    },
    {
      title: 'what a mutation answers',
      token: 'USER',
      query: 'mutation { change { loud } }',
      status: 403,
      challenge: forbidden,
    },
  ])('for $title: $status, no data, and nothing ran', async ({ query, token, ...expected }) => {
    const answer = await send(query, token === undefined ? {} : { token });
    expect({ status: answer.status, challenge: answer.challenge }).toEqual({
      status: expected.status,
      challenge: expected.challenge,
    });
    expect(Object.keys(answer.body)).toEqual(['errors']);
    expect(ran).toEqual([]);
  });

  it('says where and why', async () => {
    const { body } = await send('{ open s: secret }', { token: 'USER' });
    expect(body.errors).toEqual([
      {
        message: 'You do not have access to Query.secret: it requires the group ADMIN.',
        path: ['s'],
        locations: [{ line: 1, column: 8 }],
        extensions: {
          code: 'FORBIDDEN',
          reason: 'GROUP_REQUIRED',
          coordinate: 'Query.secret',
          requires: [['ADMIN']],
          policies: [[]],
        },
      },
    ]);
  });

  it('names at most twenty denials', async () => {
    const aliases = Array.from({ length: 50 }, (_, index) => `a${index}: secret`);
    const { status, errors } = await send(`{ ${aliases.join(' ')} }`, { token: 'USER' });
    expect(status).toBe(403);
    expect(errors.map(({ path }) => path.join('.'))).toEqual(
      Array.from({ length: 20 }, (_, index) => `a${index}`),
    );
  });

  it('is decided for the operation that is named', async () => {
    const query = 'query A { open } query B { secret }';
    expect((await send(query, { operationName: 'A' })).status).toBe(200);
    expect((await send(query, { operationName: 'B' })).status).toBe(401);
  });

  it('is decided for each viewer, though Yoga keeps the document', async () => {
    const statuses = [];
    for (const token of ['ADMIN', 'USER', 'TOKEN_INVALID', 'ADMIN']) {
      statuses.push((await send('{ open secret }', { token })).status);
    }
    expect(statuses).toEqual([200, 403, 401, 200]);
  });

  it('is decided over GET as well', async () => {
    const response = await fetch(`${url}?query=${encodeURIComponent('{ secret }')}`, {
      headers: { authorization: 'Bearer USER' },
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(forbidden);
  });
});

describe('an operation that is not denied', () => {
  it.each([
    { query: '{ open }', data: { open: 'open' } },
    { query: '{ open secret @skip(if: true) }', data: { open: 'open' } },
    {
      query: '{ own secret }',
      token: 'ADMIN',
      status: 200,
      data: { own: 'own', secret: 'secret' },
    },
    { query: 'mutation { free }', data: { free: 'free' } },
  ])('$query has its data and no challenge', async ({ query, token, data }) => {
    const answer = await send(query, token === undefined ? {} : { token });
    expect(answer).toMatchObject({ status: 200, challenge: null, applied: null, body: { data } });
    expect(answer.errors).toEqual([]);
  });

  it('but fails leaves its other errors alone', async () => {
    const { status, challenge, data, errors } = await send('{ open broken }');
    expect({ status, challenge, data }).toEqual({
      status: 200,
      challenge: null,
      data: { open: 'open', broken: null },
    });
    expect(errors).toHaveLength(1);
  });

  it.each(['{', '{ missing }', 'query A { open } query B { open }'])(
    'but is wrong is answered by Yoga: %s',
    async (query) => {
      const { status, challenge } = await send(query, { token: 'USER' });
      expect({ status, challenge }).toEqual({ status: 400, challenge: null });
    },
  );
});

describe('an operation denied while it runs', () => {
  it.each([
    { title: 'by a policy', query: '{ open me { id email } }', path: 'me.email' },
    { title: 'by a run-time type', query: '{ open node { id } }', path: 'node' },
  ])('is refused as a whole when it is a query: $title', async ({ query, path }) => {
    const { status, challenge, data, errors } = await send(query, { token: 'USER' });
    expect({ status, challenge, data }).toEqual({
      status: 403,
      challenge: forbidden,
      data: undefined,
    });
    expect(errors.map((error) => error.path.join('.'))).toEqual([path]);
  });

  it('is 401 for anonymous', async () => {
    const { status, challenge } = await send('{ node { id } }');
    expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer realm="yoga"' });
  });

  it('names at most twenty denials of a thousand, by their list index', async () => {
    const { status, errors, text } = await send('{ broken items { id b } }', { token: 'USER' });
    expect(status).toBe(403);
    expect(errors.map(({ path }) => path.join('.'))).toEqual(
      Array.from({ length: 20 }, (_, index) => `items.${index}.b`),
    );
    expect(text).not.toContain('"id":');
  });

  it('has 200, its data and an error when it is a mutation, for its effect has happened', async () => {
    const answer = await send('mutation { free change { id email } }', { token: 'USER' });
    expect(answer).toMatchObject({
      status: 200,
      challenge: null,
      data: { free: 'free', change: { id: 7, email: null } },
      coordinates: ['Me.email'],
    });
    expect(ran).toEqual(['free', 'change']);
  });

  it('names at most twenty denials of a thousand when it is a mutation', async () => {
    const { status, data, coordinates } = await send('mutation { bulk { id b } }', {
      token: 'USER',
    });
    expect({ status, coordinates }).toEqual({
      status: 200,
      coordinates: Array.from({ length: 20 }, () => 'Item.b'),
    });
    expect(data.bulk[999]).toEqual({ id: 999, b: null });
  });
});

describe('a query asked leniently', () => {
  const headers = { prefer: 'handling=lenient' };

  it.each([
    {
      title: 'what was denied before',
      query: '{ open secret me { id loud } }',
      data: { open: 'open', secret: null, me: { id: 7, loud: null } },
      coordinates: ['Query.secret', 'Me.loud'],
    },
    {
      title: 'what is denied while it runs',
      query: '{ me { id email } }',
      data: { me: { id: 7, email: null } },
      coordinates: ['Me.email'],
    },
    {
      title: 'both, in document order',
      query: '{ me { email } secret }',
      data: { me: { email: null }, secret: null },
      coordinates: ['Me.email', 'Query.secret'],
    },
    { title: 'nothing', query: '{ open }', data: { open: 'open' }, coordinates: [] },
  ])('is answered without $title', async ({ query, data, coordinates }) => {
    const answer = await send(query, { token: 'USER', headers });
    expect(answer).toMatchObject({
      status: 200,
      challenge: null,
      applied: 'handling=lenient',
      data,
      coordinates,
    });
    expect(ran).not.toContain('secret');
  });

  it('is refused twice for a list of a thousand, and calls no denied resolver', async () => {
    const { status, data, coordinates } = await send('{ items { id a b } }', {
      token: 'USER',
      headers,
    });
    expect({ status, coordinates }).toEqual({ status: 200, coordinates: ['Item.a', 'Item.b'] });
    expect(data.items[999]).toEqual({ id: 999, a: null, b: null });
    expect(ran).toEqual([]);
  });

  it.each([
    { query: '{ secret }', status: 401 },
    { query: '{ secret }', token: 'USER', status: 403 },
    { query: '{ open must }', token: 'USER', status: 403 },
    { query: '{ node { id } }', token: 'USER', status: 403 },
  ])('is refused with $status when no data is left: $query', async ({ query, token, status }) => {
    const answer = await send(query, { headers, ...(token === undefined ? {} : { token }) });
    expect(answer.status).toBe(status);
    expect(answer.challenge).toMatch(/^Bearer realm="yoga"/);
    expect(answer.applied).toBe('handling=lenient');
  });

  it('bears a 401 or 403 without data, as GraphQL over HTTP wants it', async () => {
    const { status, data } = await send('{ secret node { id } }', { token: 'USER', headers });
    expect({ status, data }).toEqual({ status: 403, data: undefined });
  });

  it('keeps its other errors', async () => {
    const { errors, coordinates } = await send('{ open broken secret }', {
      token: 'USER',
      headers,
    });
    expect(errors).toHaveLength(2);
    expect(coordinates).toEqual(['Query.secret', undefined]);
  });

  it('is never a mutation', async () => {
    const answer = await send('mutation { free locked }', { token: 'USER', headers });
    expect(answer).toMatchObject({ status: 403, applied: null, data: undefined });
    expect(ran).toEqual([]);
  });
});

describe('a subscription', () => {
  const subscribe = (query: string, token?: string) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query }),
    });

  it.each([
    { query: 'subscription { ticks }', code: 'UNAUTHENTICATED' },
    { query: 'subscription { ticks }', token: 'USER', code: 'FORBIDDEN' },
    { query: 'subscription { mine(id: 2) }', token: 'USER', code: 'FORBIDDEN' },
    { query: 'subscription { mine }', token: 'TOKEN_EXPIRED', code: 'UNAUTHENTICATED' },
  ])('is refused before its source opens: $query, $code', async ({ query, token, code }) => {
    const response = await subscribe(query, token);
    const text = await response.text();
    expect(text).toContain(`"code":"${code}"`);
    expect(text).not.toContain('"data":{');
    expect(ran).toEqual([]);
  });

  it.each([
    { query: 'subscription { ticks }', status: 401 },
    { query: 'subscription { ticks }', token: 'USER', status: 403 },
  ])('is refused with $status', async ({ query, token, status }) => {
    const response = await subscribe(query, token);
    await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="yoga"/);
  });

  it.each([
    { query: 'subscription { ticks }', token: 'ADMIN', name: 'ticks' },
    { query: 'subscription { mine(id: 1) }', token: 'USER', name: 'mine' },
  ])('runs for whom it is: $query', async ({ query, token, name }) => {
    const response = await subscribe(query, token);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain(`{"data":{"${name}":1}}`);
    expect(text).toContain(`{"data":{"${name}":2}}`);
    expect(ran).toEqual([`source of ${name}`]);
  });

  it('names at most twenty denials of a thousand in each event', async () => {
    const response = await subscribe('subscription { batches { id b } }', 'USER');
    const text = await response.text();
    expect(text.match(/^data: \{/gm)).toHaveLength(2);
    expect(text.match(/"code":"FORBIDDEN"/g)).toHaveLength(40);
  });
});

describe('a batch of operations, where Yoga takes them', () => {
  const batched = createYoga({
    schema: authorization.schema,
    context: ({ request }) => ({ viewer: viewerOfHeader(request.headers.get('authorization')) }),
    plugins: [plugin],
    batching: true,
    logging: false,
  });

  it.each([
    { title: 'before it runs', query: '{ open secret }', coordinates: ['Query.secret'] },
    { title: 'while it runs', query: '{ node { id } }', coordinates: ['Vault'] },
  ])('has 200, since one ran, where another is denied $title', async ({ query, coordinates }) => {
    const response = await batched.fetch('http://yoga/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer USER' },
      body: JSON.stringify([{ query }, { query: 'mutation { free }' }]),
    });
    const [denied, done] = JSON.parse(await response.text());
    expect(response.status).toBe(200);
    expect(response.headers.get('www-authenticate')).toBe(null);
    expect(denied.data ?? null).toBe(null);
    expect(denied.errors.map(({ extensions }: AnsweredError) => extensions.coordinate)).toEqual(
      coordinates,
    );
    expect(done).toEqual({ data: { free: 'free' } });
  });
});

interface AnsweredError {
  readonly extensions: { readonly coordinate?: string };
}

describe('the hooks, called by a host that is not Yoga', () => {
  const start = (document = parse('{ open secret }')) => {
    const stopped: ExecutionResult[] = [];
    return {
      stopped,
      args: { document, contextValue: { viewer: holding('USER') } },
      setResultAndStopExecution: (result: ExecutionResult) => void stopped.push(result),
    };
  };
  const strict = createEnvelopPlugin<{ readonly viewer: Viewer }>({
    ...createAuthorization<Viewer, { readonly viewer: Viewer }>(
      makeExecutableSchema({
        typeDefs: `${withPolicies} type Query { open: String @public, secret: String @auth(requires: [ADMIN]) }`,
      }),
      { policies: { SELF: () => false, BOSS: () => false }, viewerOf: ({ viewer }) => viewer },
    ),
    realm: 'hooks',
    preferOf: () => undefined,
  });

  it('keep back the type name of a guarded root, whose answer has no other place for null', async () => {
    const sealed = createAuthorization<Viewer, { readonly viewer: Viewer }>(
      makeExecutableSchema({
        typeDefs: `${withPolicies} type Query @auth(requires: [ADMIN]) { a(by: Int): Int @auth }
          type Mutation { a: Int @auth(or: [SELF, BOSS]) }`,
      }),
      { policies: { SELF: () => false, BOSS: () => false }, viewerOf: ({ viewer }) => viewer },
    );
    const yoga = createYoga<Record<string, unknown>, { readonly viewer: Viewer }>({
      schema: sealed.schema,
      context: { viewer: holding('USER') },
      plugins: [createEnvelopPlugin({ ...sealed, realm: 'sealed' })],
      logging: false,
    });
    const response = await yoga.fetch('http://yoga/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'handling=lenient' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    const answer = await response.text();
    expect(response.status).toBe(403);
    expect(answer).toContain('"coordinate":"Query"');
    expect(answer).not.toContain('"__typename":"Query"');
  });

  it('are strict where the header is ignored', async () => {
    const { stopped, ...started } = start();
    expect(await strict.onExecute(started)).toBeUndefined();
    expect(stopped).toEqual([
      {
        errors: [expect.objectContaining({ path: ['secret'] })],
        extensions: {
          http: {
            status: 403,
            headers: { 'www-authenticate': 'Bearer realm="hooks", error="insufficient_scope"' },
          },
        },
      },
    ]);
  });

  it('leave an answer that comes in parts as it is', async () => {
    const done = await strict.onExecute(start(parse('{ open }')));
    const set: unknown[] = [];
    done?.onExecuteDone({
      result: (async function* () {})(),
      setResult: (result) => void set.push(result),
    });
    expect(done).toBeDefined();
    expect(set).toEqual([]);
  });

  it('let an operation that is not found to the executor', async () => {
    const { stopped, ...started } = start(parse('query A { secret } query B { secret }'));
    expect(await strict.onExecute(started)).toBeUndefined();
    expect(stopped).toEqual([]);
  });
});

describe('introspection in Yoga', () => {
  const names = '{ __schema { queryType { fields { name } } } }';
  const fieldNames = (data: { __schema: { queryType: { fields: { name: string }[] } } }) =>
    data.__schema.queryType.fields.map(({ name }) => name);

  it('shows each viewer what it can reach, and no more', async () => {
    const anonymous = await ask(url, names);
    const admin = await ask(url, names, { token: 'ADMIN' });
    expect(anonymous.status).toBe(200);
    expect(fieldNames(anonymous.data)).not.toContain('secret');
    expect(fieldNames(admin.data)).toContain('secret');
  });

  it('shows the same beside data', async () => {
    const { data } = await ask(url, `{ open __schema { queryType { fields { name } } } }`);
    expect(Object.keys(data)).toEqual(['open', '__schema']);
    expect(fieldNames(data)).not.toContain('secret');
  });

  it.each([
    { prefer: 'handling=lenient', text: '{ secret t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=lenient', text: '{ node { id } t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=lenient', text: '{ open secret t: __type(name: "NAME") { name } }' },
    { prefer: 'handling=strict', text: '{ node { id } t: __type(name: "NAME") { name } }' },
  ])(
    'answers the same for a hidden type and an absent one: $prefer $text',
    async ({ prefer, text }) => {
      const askFor = async (name: string) => {
        const token = 'USER';
        const answer = await send(text.replace('NAME', name), { token, headers: { prefer } });
        const { status, challenge, applied } = answer;
        return { status, challenge, applied, text: answer.text };
      };
      expect(await askFor('Vault')).toEqual(await askFor('Vaulx'));
    },
  );

  it('leniently is refused where nothing is left but types that are hidden', async () => {
    const text = '{ secret t: __type(name: "Vault") { name } }';
    const headers = { prefer: 'handling=lenient' };
    expect(await send(text, { token: 'USER', headers })).toMatchObject({
      status: 403,
      data: undefined,
      applied: 'handling=lenient',
    });
  });

  it.each(['onExecute', 'onSubscribe'] as const)(
    'is refused in %s, before anything runs, where it cannot be answered',
    async (hook) => {
      const error = new IntrospectionError('INTROSPECTION_NESTED', 'Not here.', []);
      const stopped: ExecutionResult[] = [];
      const hooks = createEnvelopPlugin<object>({
        authorizeOperation: () => [],
        decideOperation: neverAsked,
        introspect: () => {
          throw error;
        },
        realm: 'hooks',
        preferOf: () => undefined,
      });
      await hooks[hook]({
        args: { document: parse('{ a }'), contextValue: {} },
        setResultAndStopExecution: (result) => void stopped.push(result),
        setSubscribeFn: () => undefined,
      });
      expect(stopped).toEqual([
        { errors: [error], extensions: { http: { status: 400, headers: {} } } },
      ]);
    },
  );

  it('is not answered in parts, which could not be mended', async () => {
    const hooks = createEnvelopPlugin<object>({
      authorizeOperation: () => [],
      decideOperation: neverAsked,
      introspect: () => ({ data: { t: null }, whole: undefined }),
      realm: 'hooks',
      preferOf: () => undefined,
    });
    const document = parse('{ t: __type(name: "Vault") { name } ... @defer { open } }');
    const started = await hooks.onExecute({
      args: { document, contextValue: {} },
      setResultAndStopExecution: () => {},
    });
    async function* parts() {
      yield { data: { t: { name: 'Vault' } }, hasNext: true };
    }
    expect(() => started?.onExecuteDone({ result: parts(), setResult: () => {} })).toThrow(
      'Introspection does not support incremental delivery.',
    );
  });

  it('lets what else goes wrong be known', async () => {
    const hooks = createEnvelopPlugin<object>({
      authorizeOperation: () => [],
      decideOperation: neverAsked,
      introspect: () => {
        throw new TypeError('a fault of ours');
      },
      realm: 'hooks',
      preferOf: () => undefined,
    });
    const args = { document: parse('{ a }'), contextValue: {} };
    const start = { args, setResultAndStopExecution: () => {} };
    await expect(hooks.onExecute(start)).rejects.toThrow(TypeError);
  });
});
