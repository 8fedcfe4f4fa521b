import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, parse } from 'graphql';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { IntrospectionError } from '../../packages/authorization/src/visibility/introspection.ts';
import { anonymous, holding, type TestContext, withPolicies } from './fixtures.ts';
import { authorization, ran } from './hosts-world.ts';

// What both hosts do is in hosts.test.ts.

const plugin = createEnvelopPlugin<TestContext>({ ...authorization, realm: 'yoga' });
const yoga = createYoga<TestContext>({
  schema: authorization.schema,
  plugins: [plugin],
  batching: true,
  logging: false,
});
const user = holding('USER');
const stale: Viewer = { isAuthenticated: false, reason: 'TOKEN_EXPIRED' };
beforeEach(() => {
  ran.length = 0;
});

const neverAsked = () => Promise.reject(new Error('Nothing asked for a decision.'));

it('is a plugin by the types of Yoga', () => {
  expectTypeOf(plugin).toExtend<Plugin<TestContext>>();
  const plain = createEnvelopPlugin<YogaInitialContext>({
    authorizeOperation: async () => [],
    decideOperation: neverAsked,
    auditReads: () => undefined,
    introspect: () => undefined,
    realm: 'yoga',
  });
  expectTypeOf(plain).toExtend<Plugin>();
});

it('decides an operation over GET as well', async () => {
  const url = `http://yoga/graphql?query=${encodeURIComponent('{ secret }')}`;
  const response = await yoga.fetch(url, {}, { viewer: user });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([
    403,
    'Bearer realm="yoga", error="insufficient_scope"',
  ]);
});

describe('a subscription', () => {
  const subscribe = (query: string, viewer: Viewer) =>
    yoga.fetch(
      'http://yoga/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query }),
      },
      { viewer },
    );

  it.each([
    { query: 'subscription { ticks }', viewer: anonymous, code: 'UNAUTHENTICATED' },
    { query: 'subscription { ticks }', viewer: user, code: 'FORBIDDEN' },
    { query: 'subscription { mine(id: 2) }', viewer: user, code: 'FORBIDDEN' },
    { query: 'subscription { mine }', viewer: stale, code: 'UNAUTHENTICATED' },
  ])('is refused before its source opens: $query, $code', async ({ query, viewer, code }) => {
    const response = await subscribe(query, viewer);
    const text = await response.text();
    expect(text).toContain(`"code":"${code}"`);
    expect(text).not.toContain('"data":{');
    expect(ran).toEqual([]);
  });

  it.each([
    { query: 'subscription { ticks }', viewer: anonymous, status: 401 },
    { query: 'subscription { ticks }', viewer: user, status: 403 },
  ])('is refused with $status', async ({ query, viewer, status }) => {
    const response = await subscribe(query, viewer);
    await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="yoga"/);
  });

  it.each([
    { query: 'subscription { ticks }', viewer: holding('ADMIN'), name: 'ticks' },
    { query: 'subscription { mine(id: 1) }', viewer: user, name: 'mine' },
  ])('runs for whom it is: $query', async ({ query, viewer, name }) => {
    const response = await subscribe(query, viewer);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain(`{"data":{"${name}":1}}`);
    expect(text).toContain(`{"data":{"${name}":2}}`);
    expect(ran).toEqual([`source of ${name}`]);
  });

  it('names at most twenty denials of a thousand in each event', async () => {
    const response = await subscribe('subscription { batches { id b } }', user);
    const text = await response.text();
    expect(text.match(/^data: \{/gm)).toHaveLength(2);
    expect(text.match(/"code":"FORBIDDEN"/g)).toHaveLength(40);
  });
});

describe('a batch of operations, where Yoga takes them', () => {
  it.each([
    { title: 'before it runs', query: '{ open secret }', coordinates: ['Query.secret'] },
    { title: 'while it runs', query: '{ node { id } }', coordinates: ['Vault'] },
  ])('has 200, since one ran, where another is denied $title', async ({ query, coordinates }) => {
    const response = await yoga.fetch(
      'http://yoga/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ query }, { query: 'mutation { free }' }]),
      },
      { viewer: user },
    );
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

describe('introspection in the hooks', () => {
  it.each(['onExecute', 'onSubscribe'] as const)(
    'is refused in %s, before anything runs, where it cannot be answered',
    async (hook) => {
      const error = new IntrospectionError('INTROSPECTION_NESTED', 'Not here.', []);
      const stopped: ExecutionResult[] = [];
      const hooks = createEnvelopPlugin<object>({
        authorizeOperation: () => [],
        decideOperation: neverAsked,
        auditReads: () => undefined,
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
      auditReads: () => undefined,
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
    const done = started?.onExecuteDone({ result: parts(), setResult: () => {} });
    await expect(done).rejects.toThrow('Introspection does not support incremental delivery.');
  });

  it('lets what else goes wrong be known', async () => {
    const hooks = createEnvelopPlugin<object>({
      authorizeOperation: () => [],
      decideOperation: neverAsked,
      auditReads: () => undefined,
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
