import {
  createGatehouseClient,
  type GatehouseClient,
  GatehouseError,
} from '@graphql-gatehouse/client';
import { buildSchema, parse } from 'graphql';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { builtInTexts } from '../../packages/operations/src/known/built-in-texts.ts';
import { toNormalForm } from '../../packages/operations/src/known/normal-form.ts';
import { createFrontEnd } from '../support/client-documents.ts';
import { createClientFetch } from '../support/client-fetch.ts';
import { makeOperationsFolder, type OperationsFolder } from '../support/known-operations.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const frontEnd = createFrontEnd(buildSchema(readTypeDefs().join('\n')));
const meText = 'query Me { me { username } }';
const mailText = 'query Mail($id: ID!) { user(id: $id) { email } }';
const me = frontEnd.document(meText);
const mailOf = frontEnd.document(mailText);

let aheadMs = 0;
const startedAt = Date.now();
let folder: OperationsFolder;
let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  folder = await makeOperationsFolder();
  await folder.publish('web@1', { me: meText, mail: mailText });
  server = await startTestServer({
    now: () => new Date(startedAt + aheadMs),
    environment: { OPERATIONS: 'known', OPERATIONS_PATH: folder.directory },
  });
  user = await server.aUser('MANAGER');
});
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

/** A text that clients send, and whether the server took it for an unknown one. */
interface Sent {
  readonly text: string;
  readonly isUnknown: boolean;
}

/** Creates a client, and the list of what it sends. */
function createClient(session: 'cookie' | 'token') {
  const sent: Sent[] = [];
  const browser = createClientFetch(server.url);
  const client = createGatehouseClient({
    url: `${server.url}/graphql?${session}`,
    session,
    ...frontEnd.generated,
    async fetch(url, init) {
      const response = await browser.fetch(url, init);
      const body = await response.clone().json();
      const code = body.errors?.[0]?.extensions.code;
      const text = JSON.parse(String(init?.body)).query;
      sent.push({ text, isUnknown: code === 'OPERATION_UNKNOWN' });
      return response;
    },
  });
  return { client, sent };
}

/** Uses all that the client sends. Proofs are wrong: there are no second factors. */
async function useClient(client: GatehouseClient): Promise<void> {
  const proof = { password: 'wrong' };
  const login = { username: user.username, password: userPassword };
  const ignore = (error: unknown) => expect(error).toBeInstanceOf(GatehouseError);
  await client.logIn(login);
  await client.completeLogIn({ challenge: 'x', proof: { otp: '1' } }).catch(ignore);
  await client.reauthenticate({ challenge: 'x', proof }).catch(ignore);
  await client.reauthenticate({ proof: { password: userPassword } });
  await client.restore();
  aheadMs += 700_000;
  expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
  await client.logOut({ everywhere: true });
  await client.logIn(login);
  await client.logOut();
  client.close();
}

const formOf = (text: string) => toNormalForm(parse(text));

it.each(['cookie', 'token'] as const)(
  'knows all that a client with a session by %s sends',
  async (session) => {
    const { client, sent } = createClient(session);
    await useClient(client);
    expect(sent.filter(({ isUnknown }) => isUnknown)).toEqual([]);
  },
);

it('answers questions about several values one by one: together they are no known operation', async () => {
  const { client, sent } = createClient('cookie');
  await client.logIn({ username: user.username, password: userPassword });
  const ids = [user.id, server.admin.id, user.id];
  const outcomes = await Promise.all(ids.map((id) => client.ask(mailOf, { id })));
  expect(outcomes).toEqual(['depends', 'denied', 'depends']);
  const questions = sent.filter(({ text }) => text.includes('user(id:'));
  expect(questions.filter(({ isUnknown }) => !isUnknown)).toHaveLength(ids.length);
  client.close();
});

/** A script of the page, which has no types here. */
const pageModule = '../../src/playground/page/session.js';

it('knows nothing beside what the client and the log-in of the playground send', async () => {
  const texts: string[] = [];
  for (const session of ['cookie', 'token'] as const) {
    const { client, sent } = createClient(session);
    await useClient(client);
    texts.push(...sent.map(({ text }) => text));
  }
  const passkeyOptions = { options: '{}', challenge: 'x' };
  const answer = { data: { passkeyOptions, me: { username: 'a' }, viewer: {} } };
  vi.stubGlobal('location', { pathname: '/graphql' });
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    texts.push(JSON.parse(String(init.body)).query);
    return Response.json(answer);
  });
  const page = await import(pageModule);
  await page.startSession({ username: 'a', password: 'b' });
  await page.completeSession({ challenge: 'x', proof: { otp: '1' } });
  await page.completeWithPasskey('x');
  await page.endSession();
  await page.readViewer();
  vi.unstubAllGlobals();
  const ofFrontEnd = [formOf(meText)];
  const forms = new Set(texts.map(formOf).filter((form) => !ofFrontEnd.includes(form)));
  expect([...forms].sort()).toEqual(builtInTexts.map(formOf).sort());
});
