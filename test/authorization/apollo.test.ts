import { ApolloServer, type GraphQLResponse, HeaderMap } from '@apollo/server';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApolloHost } from './apollo-host.ts';
import { holding, type TestContext } from './fixtures.ts';
import { realm } from './host-answer.ts';
import { authorization, ran } from './hosts-world.ts';

// What both hosts do is in hosts.test.ts.

beforeEach(() => {
  ran.length = 0;
});

it('does not answer introspection in parts, which could not be mended', async () => {
  const parts: GraphQLResponse['body'] = {
    kind: 'incremental',
    initialResult: { hasNext: false },
    subsequentResults: (async function* () {})(),
  };
  const { start, stop, ask } = createApolloHost(authorization, [
    {
      requestDidStart: async () => ({
        responseForOperation: async ({ response: { http } }) => ({ http, body: parts }),
      }),
    },
  ]);
  await start();
  const query = '{ open s: __type(name: "Vault") { name } }';
  expect(await ask(query, { viewer: holding('USER') })).toMatchObject({
    status: 500,
    errors: [{ message: 'Internal server error' }],
  });
  await stop();
});

describe('a query denied while it runs, whose errors another plugin takes away', () => {
  it('is refused all the same', async () => {
    const silent = new ApolloServer<TestContext>({
      schema: authorization.schema,
      plugins: [
        {
          requestDidStart: async () => ({
            willSendResponse: async ({ response: { body } }) => {
              if (body.kind === 'single') delete body.singleResult.errors;
            },
          }),
        },
        createAuthorizationPlugin({ ...authorization, realm }),
      ],
    });
    const { body, http } = await silent.executeOperation(
      { query: '{ me { id email } }' },
      { contextValue: { viewer: holding('USER') } },
    );
    expect(http.status).toBe(403);
    expect(body.kind === 'single' && body.singleResult).not.toHaveProperty('data');
    await silent.stop();
  });
});

describe('a batch of operations, where the server takes them', () => {
  const batched = new ApolloServer<TestContext>({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin({ ...authorization, realm })],
    allowBatchedHttpRequests: true,
  });
  beforeAll(() => batched.start());
  afterAll(() => batched.stop());

  async function sendBatch(queries: readonly string[]) {
    const { status = 200, body } = await batched.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: queries.map((query) => ({ query })),
      },
      context: async () => ({ viewer: holding('USER') }),
    });
    if (body.kind !== 'complete') throw new Error('A batch is answered as a whole.');
    const answers: readonly unknown[] = JSON.parse(body.string);
    return { status, answers };
  }

  it.each([
    { title: 'one of which is denied', queries: ['{ secret }', 'mutation { free }'] },
    {
      title: 'one of which is denied, the other way round',
      queries: ['mutation { free }', '{ secret }'],
    },
    {
      title: 'one of which is denied while it runs',
      queries: ['{ node { id } }', 'mutation { free }'],
    },
    { title: 'none of which is denied', queries: ['{ open }', 'mutation { free }'] },
    { title: 'of one', queries: ['mutation { free }'] },
    { title: 'one of which cannot be parsed', queries: ['{', 'mutation { free }'] },
  ])('$title is refused with 400, and nothing ran', async ({ queries }) => {
    const { status, answers } = await sendBatch(queries);
    expect(status).toBe(400);
    expect(ran).toEqual([]);
    expect(answers).toHaveLength(queries.length);
    expect(answers.at(-1)).toEqual({
      errors: [
        expect.objectContaining({
          message:
            'Batches of operations are not supported: send each operation in its own request.',
          extensions: expect.objectContaining({ code: 'BATCHING_NOT_SUPPORTED' }),
        }),
      ],
    });
  });
});
