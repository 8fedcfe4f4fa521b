import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { groupsOnly, holding, type TestContext } from './fixtures.ts';
import type { Asked } from './host-answer.ts';
import { useHosts } from './library-hosts.ts';

/** The plugins of the library, without the rest of Gatehouse. */
const ran: string[] = [];
const authorization = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: `${groupsOnly}
      type Query { open(count: Int!): String @public, secret: String @auth(requires: [ADMIN]) }
      type Mutation { free: String @public, locked: String @auth(requires: [ADMIN]) }`,
    resolvers: {
      Query: { open: () => ran.push('open') },
      Mutation: { free: () => ran.push('free'), locked: () => ran.push('locked') },
    },
  }),
  { policies: {}, viewerOf: ({ viewer }) => viewer },
);
const viewer = holding('USER');

const prefer = 'decide-only';
const hosts = useHosts(authorization);
beforeEach(() => {
  ran.length = 0;
});

describe.each(hosts)('an operation that is only decided, in $name', (host) => {
  const ask = (query: string, asked: Asked = {}) =>
    host.ask(query, { viewer }, { prefer, ...asked });

  it.each(['decide-only', 'handling=lenient, decide-only', 'respond-async, Decide-Only;x=1'])(
    'does not run with the header Prefer: %s',
    async (preference) => {
      const { header } = await ask('mutation { free }', { prefer: preference });
      expect([header('preference-applied'), ran]).toEqual(['decide-only', []]);
    },
  );

  it('runs in spite of a refusal, with the header Prefer: handling=lenient', async () => {
    const query = '{ open(count: 1) secret }';
    const { status, header, body } = await ask(query, { prefer: 'handling=lenient' });
    expect([status, header('preference-applied'), ran]).toEqual([
      200,
      'handling=lenient',
      ['open'],
    ]);
    expect(body.data).toEqual({ open: '1', secret: null });
  });

  it('is answered with the decision alone, which no cache stores', async () => {
    const { status, header, body } = await ask('mutation { free }');
    const decision = { allowed: true, denials: [], depends: [], narrowed: [] };
    expect([status, body, ran]).toEqual([200, { extensions: { decision } }, []]);
    expect(header('preference-applied')).toBe('decide-only');
    expect(header('cache-control')).toBe('no-store');
    expect(header('vary')).toBe('Prefer');
  });

  it('has 200 without a challenge when it would be refused', async () => {
    const { status, header, body } = await ask('mutation { free locked }');
    expect([status, header('www-authenticate'), ran]).toEqual([200, null, []]);
    expect(body).toMatchObject({
      extensions: { decision: { allowed: false, denials: [{ coordinate: 'Mutation.locked' }] } },
    });
  });

  it.each([
    {
      what: 'its variables do not match',
      query: 'query ($count: Int!) { open(count: $count) }',
      code: 'BAD_USER_INPUT',
    },
    {
      what: 'it does not exist',
      query: 'query A { open(count: 1) }',
      operationName: 'B',
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
  ])('has 400 and its errors when $what', async ({ query, operationName, code }) => {
    const { status, body } = await ask(query, { operationName });
    expect([status, ran]).toEqual([400, []]);
    expect(body.errors).toMatchObject([{ extensions: { code } }]);
    expect(body).not.toHaveProperty('extensions');
    expect(body).not.toHaveProperty('data');
  });
});

describe('the plugin for Envelop', () => {
  const plugin = createEnvelopPlugin<TestContext>({ ...authorization, realm: 'hosts' });
  const started = () => {
    const document = parse('mutation { free }');
    const answers: ExecutionResult[] = [];
    const setResultAndStopExecution = (answer: ExecutionResult) => void answers.push(answer);
    return {
      answers,
      start: {
        args: { document, contextValue: { viewer } },
        setResultAndStopExecution,
        setSubscribeFn: () => undefined,
      },
    };
  };

  it('runs nothing with a context without a request and without the function that reads the header', async () => {
    await expect(plugin.onExecute(started().start)).rejects.toThrow('preferOf');
    await expect(plugin.onSubscribe(started().start)).rejects.toThrow('preferOf');
  });

  it.each(['onExecute', 'onSubscribe'] as const)(
    'takes the header from the function in %s, in any server',
    async (hook) => {
      const preferOf = () => prefer;
      const other = createEnvelopPlugin<TestContext>({
        ...authorization,
        realm: 'hosts',
        preferOf,
      });
      const { answers, start } = started();
      await other[hook](start);
      expect(answers).toMatchObject([{ extensions: { decision: { allowed: true } } }]);
    },
  );
});
