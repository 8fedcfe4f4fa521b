import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations as knownOperations } from '@graphql-gatehouse/operations';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeOperationsFolder, type OperationsFolder } from '../support/known-operations.ts';
import { projectWith } from '../support/package-server.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { isWhole } from '../support/sample.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

const meText = 'query Me { me { id username } }';
const usersText =
  'query Users { users { edges { node { ...Named } } } } fragment Named on User { username }';
const ticksText = 'subscription Audit { auditEventAdded { id } }';
const pageText = 'query Status { serverInfo { name } }';
const idOf = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: OperationsFolder;
let pagesFolder: string;
let server: TestServer;
let staff: TestUser;
beforeAll(async () => {
  folder = await makeOperationsFolder();
  await folder.publish('web@1', {
    [idOf(meText)]: meText,
    [idOf(usersText)]: usersText,
    [idOf(ticksText)]: ticksText,
  });
  pagesFolder = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'));
  await writeFile(join(pagesFolder, 'index.html'), '');
  const operations = join(pagesFolder, 'operations.json');
  await writeFile(operations, JSON.stringify({ [idOf(pageText)]: pageText }));
  const pages = [{ path: '/status', folder: pagesFolder, operations }];
  server = await startTestServer({
    project: projectWith([{ name: 'status', pages }, knownOperations()]),
    environment: {
      OPERATIONS: 'known',
      OPERATIONS_PATH: folder.directory,
      OPERATIONS_FREE: 'AUDITOR',
    },
  });
  staff = await server.aUser('STAFF');
});
afterAll(async () => {
  await server.stop();
  await folder.remove();
  await rm(pagesFolder, { recursive: true });
});

/** Sends a body over HTTP, as it is. */
async function post(body: object, token?: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function get(parameters: Readonly<Record<string, string>>, token?: string) {
  const response = await fetch(`${server.url}/graphql?${new URLSearchParams(parameters)}`, {
    headers: {
      accept: 'application/json',
      'apollo-require-preflight': 'true',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  return { status: response.status, body: await response.json() };
}

async function onSocket(payload: object, token?: string): Promise<unknown> {
  const raw = await openRawSocket(server.url);
  raw.send({
    type: 'connection_init',
    payload: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  await raw.next();
  raw.send({ id: '1', type: 'subscribe', payload });
  const message = await raw.next();
  await raw.close();
  return message;
}

const unknown = {
  status: 400,
  body: {
    errors: [
      {
        message: 'This server runs only operations of its allow list.',
        extensions: { code: 'OPERATION_UNKNOWN' },
      },
    ],
  },
};
const missing = {
  status: 400,
  body: {
    errors: [
      { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ],
  },
};
const mine = () => ({
  status: 200,
  body: { data: { me: { id: staff.id, username: staff.username } } },
});

describe('with OPERATIONS=known', () => {
  const sha256Hash = idOf(meText);
  const persistedQuery = { version: 1, sha256Hash };
  const forms: readonly { readonly title: string; readonly body: object }[] = [
    { title: 'its text', body: { query: meText } },
    {
      title: 'its text in another form',
      body: { query: '#c\nquery Me{__typename me{id,username}}' },
    },
    { title: 'documentId', body: { documentId: sha256Hash } },
    { title: 'doc_id', body: { doc_id: sha256Hash } },
    { title: 'id', body: { id: sha256Hash } },
    { title: 'a persisted query', body: { extensions: { persistedQuery } } },
    {
      title: 'a persisted query and its text',
      body: { query: meText, extensions: { persistedQuery } },
    },
  ];
  it.each(forms)('runs a known operation by $title', async ({ body }) => {
    const answer = await post(body, staff.accessToken);
    if ('query' in body && String(body.query).includes('__typename')) {
      expect(answer.body.data).toMatchObject({ __typename: 'Query', me: { id: staff.id } });
    } else expect(answer).toEqual(mine());
  });

  it('runs what the pages of packages send', async () => {
    expect(await post({ query: pageText })).toMatchObject({ status: 200 });
    expect(await post({ query: pageText.replace('name', 'version') })).toEqual(unknown);
  });

  it('runs it by GET and over a socket', async () => {
    for (const parameters of [
      { query: meText },
      { documentId: sha256Hash },
      { extensions: JSON.stringify({ persistedQuery }) },
    ]) {
      expect(await get(parameters, staff.accessToken)).toEqual(mine());
    }
    for (const payload of [
      { query: meText },
      { query: '', documentId: sha256Hash },
      { query: '', extensions: { persistedQuery } },
      { query: '', extensions: { persistedQuery: sha256Hash } },
    ]) {
      const message = await onSocket(payload, staff.accessToken);
      expect(message).toMatchObject({ type: 'next', payload: mine().body });
    }
  });

  it('decides a known operation like any other', async () => {
    expect(await post({ query: usersText }, staff.accessToken)).toMatchObject({ status: 403 });
    expect(await post({ query: usersText })).toMatchObject({ status: 401 });
    expect(await post({ query: usersText }, server.admin.accessToken)).toMatchObject({
      status: 200,
    });
  });

  it.each([
    '{ __typename }',
    '{ serverInfo { name } }',
    '{ __schema { types { name } } }',
    '{ noSuchField }',
    '{ me { id ',
    'query Me { me { id username email } }',
    `${meText} query Other { serverInfo { name } }`,
    `${meText} fragment Unused on User { email }`,
    'subscription { auditEventAdded { id } }',
    'mutation { logout(everywhere: true) }',
    '{ _entities(representations: []) { __typename } }',
  ])('refuses %s, for every viewer', async (query) => {
    for (const token of [undefined, staff.accessToken, server.admin.accessToken]) {
      expect(await post({ query }, token)).toEqual(unknown);
    }
    expect(await get({ query })).toEqual(unknown);
    expect(await onSocket({ query })).toEqual({
      id: '1',
      type: 'error',
      payload: unknown.body.errors,
    });
    expect((await server.ask(query, { headers: { prefer: 'decide-only' } })).body).toEqual(
      unknown.body,
    );
  });

  it('logs a refused operation by its hash and name', async () => {
    const query = 'query Stranger { me { email } }';
    expect(await post({ query })).toEqual(unknown);
    const line = server.logLines.find((each) => each.includes('Stranger'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      operationName: 'Stranger',
      documentHash: idOf(query),
      outcome: 'refused',
      codes: ['OPERATION_UNKNOWN'],
    });
  });

  it('refuses ids that no file has', async () => {
    for (const id of ['0'.repeat(64), 'constructor', '__proto__']) {
      const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
      expect(await post({ documentId: id })).toEqual(missing);
      expect(await post({ extensions })).toEqual(missing);
      expect(await get({ documentId: id })).toEqual(missing);
      expect(await onSocket({ query: '', extensions })).toEqual({
        id: '1',
        type: 'error',
        payload: missing.body.errors,
      });
    }
  });

  it('lets the groups of OPERATIONS_FREE send anything', async () => {
    const auditor = await server.aUser('AUDITOR');
    const query = '{ serverInfo { name } }';
    expect(await post({ query }, auditor.accessToken)).toMatchObject({ status: 200 });
    expect(await post({ query: '{ nothing }' }, auditor.accessToken)).toMatchObject({
      body: { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    });
    expect(await onSocket({ query }, auditor.accessToken)).toMatchObject({ type: 'next' });
  });
});

describe('two versions of a front end side by side', () => {
  const oldText = 'query Name { me { username } }';
  const newText = 'query Name { me { displayName } }';
  const statusOf = async (query: string) => (await post({ query }, staff.accessToken)).status;

  it('are both served from their publication until their file is removed', async () => {
    await folder.publish('shop@1', { old: oldText });
    await expect.poll(() => statusOf(oldText)).toBe(200);
    expect(await statusOf(newText)).toBe(400);
    await folder.publish('shop@2', { new: newText });
    await expect.poll(() => statusOf(newText)).toBe(200);
    expect(await statusOf(oldText)).toBe(200);
    expect((await post({ id: 'new' }, staff.accessToken)).status).toBe(200);
    await folder.unpublish('shop@1');
    await expect.poll(() => statusOf(oldText)).toBe(400);
    expect(await post({ id: 'old' }, staff.accessToken)).toEqual(missing);
    expect(await statusOf(newText)).toBe(200);
  });

  it('are served on while a new file is wrong, and the log says what is', async () => {
    await folder.publish('shop@3', { new: oldText });
    const logged = () => server.logLines.find((line) => line.includes('shop@3'));
    await expect.poll(logged).toContain('the id has another text');
    expect(await statusOf(newText)).toBe(200);
    await folder.unpublish('shop@3');
  });
});

/** Texts that no file holds: known ones with another name at one place, cut ones, and any others. */
const knownTexts = [meText, usersText, ticksText];
const unknownTexts = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...knownTexts),
      fc.nat(),
      fc.constantFrom('email', '__schema', 'zz', 'A'),
    )
    .map(([text, at, name]) => {
      const names = [...text.matchAll(/\w+/g)];
      const { index = 0, 0: old = '' } = names[at % names.length] ?? {};
      return `${text.slice(0, index)}${old === name ? 'other' : name}${text.slice(index + old.length)}`;
    }),
  fc
    .tuple(fc.constantFrom(...knownTexts), fc.nat())
    .map(([text, at]) => text.slice(0, 1 + (at % (text.length - 2)))),
  fc
    .tuple(fc.constantFrom(...knownTexts), fc.constantFrom('{ zz }', 'query Z { zz }', '}', '"'))
    .map(([text, more]) => `${text} ${more}`),
  fc.string({ unit: 'binary-ascii', minLength: 1 }),
);

/** The proof of all samples tries 1,000. */
const unknownCount = isWhole ? 1_000 : 40;

it(`refuses ${unknownCount} unknown texts in the same way by POST, by GET and over sockets`, async () => {
  const seed = Date.now() % 1_000_000;
  const texts = fc.sample(unknownTexts, { numRuns: unknownCount, seed });
  const token = staff.accessToken;
  // As many messages as a socket may send at once.
  for (let start = 0; start < texts.length; start += 100) {
    const part = texts.slice(start, start + 100);
    const asked = await Promise.all(
      part.map(async (query) => [await post({ query }, token), await get({ query }, token)]),
    );
    for (const [index, answers] of asked.entries()) {
      expect(answers, `seed ${seed}: ${part[index]}`).toEqual([unknown, unknown]);
    }
    const raw = await openRawSocket(server.url);
    raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await raw.next();
    for (const [id, query] of part.entries()) {
      raw.send({ id: `${id}`, type: 'subscribe', payload: { query } });
      const refused = { id: `${id}`, type: 'error', payload: unknown.body.errors };
      expect(await raw.next(), `seed ${seed}: ${query}`).toEqual(refused);
    }
    await raw.close();
  }
});

describe('with OPERATIONS=report', () => {
  it('runs unknown operations, and logs each once by its hash and name', async () => {
    const reporting = await startTestServer({
      environment: { OPERATIONS: 'report', OPERATIONS_PATH: folder.directory },
    });
    const query = 'query Secret { serverInfo { name } }';
    const lines = () => reporting.logLines.filter((line) => line.includes('OPERATIONS=report'));
    for (const _ of [1, 2]) expect(await reporting.ask(query)).toMatchObject({ status: 200 });
    expect(await reporting.ask(meText)).toMatchObject({ status: 401 });
    expect(lines().map((line) => JSON.parse(line))).toMatchObject([
      { documentHash: idOf(query), operationName: 'Secret', viewer: 'anonymous' },
    ]);
    const extensions = { persistedQuery: { version: 1, sha256Hash: idOf(meText) } };
    expect(await reporting.ask('', { extensions })).toMatchObject({ status: 401 });
    await reporting.stop();
  });
});

describe('the start', () => {
  const startWith = (environment: Readonly<Record<string, string>>) =>
    startTestServer({ environment: { OPERATIONS: 'known', ...environment } });

  it('is refused without the folder, and for a name in OPERATIONS_FREE that is nothing', async () => {
    const OPERATIONS_PATH = `${folder.directory}/missing`;
    await expect(startWith({ OPERATIONS_PATH })).rejects.toThrow('missing does not exist');
    const free = { OPERATIONS_PATH: folder.directory, OPERATIONS_FREE: 'STAFF,DEVELOPERS' };
    await expect(startWith(free)).rejects.toThrow('DEVELOPERS is neither a group');
  });

  it('is refused without the operations of the pages of a package', async () => {
    const operations = join(pagesFolder, 'missing.json');
    const pages = [{ path: '/status', folder: pagesFolder, operations }];
    const project = projectWith([{ name: 'status', pages }, knownOperations()]);
    const environment = { OPERATIONS: 'known', OPERATIONS_PATH: folder.directory };
    await expect(startTestServer({ project, environment })).rejects.toThrow(
      'missing.json does not exist',
    );
  });

  it('names the known operations that the schema does not admit, and serves the others', async () => {
    await folder.publish('later@1', { later: '{ notYet }' });
    const started = await startWith({ OPERATIONS_PATH: folder.directory });
    expect(started.logLines.find((line) => line.includes('not valid by this schema'))).toContain(
      '"ids":["later"]',
    );
    expect((await started.ask('{ notYet }')).code).toBe('GRAPHQL_VALIDATION_FAILED');
    await started.stop();
    await folder.unpublish('later@1');
  });
});
