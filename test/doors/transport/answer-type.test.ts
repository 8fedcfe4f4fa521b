import { ApolloServer, HeaderMap } from '@apollo/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTypeFor } from '../../../src/doors/transport/answer-type.ts';

const apollo = new ApolloServer({ typeDefs: 'type Query { a: Int }' });

/** The content type that Apollo Server gives an answer. Undefined: 406. */
async function typeByApollo(accept: string | undefined): Promise<string | undefined> {
  const headers = new HeaderMap([['content-type', 'application/json']]);
  if (accept !== undefined) headers.set('accept', accept);
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: 'POST', headers, search: '', body: { query: '{ a }' } },
    context: async () => ({}),
  });
  return response.status === 406 ? undefined : response.headers.get('content-type');
}

describe('the type of an answer', () => {
  beforeAll(() => apollo.start());
  afterAll(() => apollo.stop());

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=latin1',
    'application/graphql-response+json',
    'application/graphql-response+json; charset=UTF-8, application/json; charset=utf-8;q=0.9',
    'application/graphql-response+json;q=0.1, application/json',
    'application/graphql-response+json, application/json',
    'application/json;q=0, */*',
    'application/json;q=0',
    'text/html, */*;q=0.1',
    'text/html',
    'not a type',
  ])('is the one that Apollo Server chooses for %s', async (accept) => {
    expect(answerTypeFor(accept)).toBe(await typeByApollo(accept));
  });

  it('is undefined for a type that Apollo Server sends to its own clients', () => {
    expect(answerTypeFor('application/json; callbackSpec=1.0')).toBeUndefined();
  });
});
