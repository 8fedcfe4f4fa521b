import { createHash } from 'node:crypto';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createPersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createClient, fetchExchange, mapExchange } from '@urql/core';
import { print } from 'graphql';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { makeOperationsFolder, type OperationsFolder } from '../support/known-operations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const idOf = (text: string) => createHash('sha256').update(text).digest('hex');

const namesText = 'query Names { me { username displayName } }';
/** As Apollo Client sends it, without a file that has its id. */
const groupsText = 'query Groups { me { username groups } }';

let folder: OperationsFolder;
let server: TestServer;
/** The bodies, and the parameters of GET requests, that clients have sent. */
const sent: string[] = [];
const sendAsAdmin: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${server.admin.accessToken}`);
  sent.push(init?.body === undefined ? String(url) : String(init.body));
  return fetch(url, { ...init, headers });
};
beforeAll(async () => {
  folder = await makeOperationsFolder();
  await folder.publish('web@1', {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: idOf('names'), name: 'Names', type: 'query', body: namesText }],
  });
  await folder.publish('relay@1', { md5: namesText, other: groupsText });
  const environment = { OPERATIONS: 'known', OPERATIONS_PATH: folder.directory };
  server = await startTestServer({ environment });
});
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

/** Apollo Client whose link sends the ids of a manifest. */
function createApollo(idOfName: (name: string) => string, useGETForHashedQueries = false) {
  const persisted = createPersistedQueryLink({
    generateHash: (document) =>
      idOfName(print(document).slice('query '.length).split(' ')[0] ?? ''),
    useGETForHashedQueries,
  });
  const http = new HttpLink({ uri: `${server.url}/graphql`, fetch: sendAsAdmin });
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: persisted.concat(http),
    clientAwareness: { name: 'web', version: '1' },
  });
}

const nameIds = (name: string) => idOf(name.toLowerCase());

describe('Apollo Client with its link for persisted queries', () => {
  it.each([false, true])('runs an operation by its id (by GET: %s)', async (byGet) => {
    sent.length = 0;
    const { data } = await createApollo(nameIds, byGet).query({ query: gql(namesText) });
    expect(data).toMatchObject({ me: { username: 'admin' } });
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toContain('displayName');
  });

  it('sends the text of an operation whose id is not known, and runs it if the text is', async () => {
    sent.length = 0;
    const { data } = await createApollo(nameIds).query({ query: gql(groupsText) });
    expect(data).toMatchObject({ me: { username: 'admin', groups: ['ADMIN'] } });
    expect(sent.map((body) => body.includes('username'))).toEqual([false, true]);
  });

  it('gets an error for an operation that is not known', async () => {
    const query = gql('query Other { me { id } }');
    const asked = createApollo(nameIds).query({ query });
    await expect(asked).rejects.toThrow('This server runs only operations of its allow list.');
  });
});

it.each([false, true])(
  'runs an operation that urql sends by its id (by GET: %s)',
  async (byGet) => {
    sent.length = 0;
    const client = createClient({
      url: `${server.url}/graphql`,
      fetch: sendAsAdmin,
      preferGetMethod: byGet,
      fetchOptions: { headers: { 'apollo-require-preflight': 'true' } },
      exchanges: [
        // As the persisted exchange of urql does.
        mapExchange({
          onOperation: (operation) => ({
            ...operation,
            extensions: { persistedQuery: { version: 1, sha256Hash: 'md5' } },
          }),
        }),
        fetchExchange,
      ],
    });
    const { data, error } = await client.query(namesText, {});
    expect(error).toBeUndefined();
    expect(data).toEqual({ me: { username: 'admin', displayName: 'admin' } });
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toContain('displayName');
  },
);

it('runs an operation that a network function of Relay sends by its id', async () => {
  for (const name of ['doc_id', 'id', 'documentId', 'doc_id']) {
    const response = await sendAsAdmin(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [name]: 'md5', variables: {} }),
    });
    expect(await response.json()).toMatchObject({ data: { me: { username: 'admin' } } });
  }
});

it('runs an operation that graphql-ws sends by its id', async () => {
  const client = createSocketClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${server.admin.accessToken}` },
  });
  const extensions = { persistedQuery: 'md5' };
  const results = client.iterate({ query: '', extensions });
  expect((await results.next()).value).toMatchObject({ data: { me: { username: 'admin' } } });
  await client.dispose();
});
