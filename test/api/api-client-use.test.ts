import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiClientClaim,
  parseApiClientSecret,
} from '../../src/authentication/api-client-secret.ts';
import { createApiClientStore } from '../../src/identity/api-clients/api-client.store.ts';
import { createApiClientViewerLoader } from '../../src/identity/api-clients/api-client-viewer-loader.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
let nowMs = start;
const now = () => new Date(nowMs);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ now });
});
afterAll(() => server.stop());
beforeEach(() => {
  nowMs = start;
});

async function aClient(group = 'STAFF'): Promise<{ id: string; secret: string }> {
  const query = `mutation { createApiClient(name: "bot", groups: [${group}]) { secret client { id } } }`;
  const { data } = await server.ask(query, { token: server.admin.accessToken });
  return { id: data.createApiClient.client.id, secret: data.createApiClient.secret };
}
const claimOf = (secret: string): ApiClientClaim => {
  const claim = parseApiClientSecret(secret);
  if (claim === undefined) throw new Error('The server has issued what is no secret.');
  return claim;
};

/** The clients of the real database, with what was read and written of them, and what failed. */
function countingLoader(recordUse?: () => Promise<void>) {
  const { database, read } = server.connection;
  const store = createApiClientStore(storeDependencies({ database, read, now }));
  const [reads, uses, failures]: [number[], string[][], unknown[]] = [[], [], []];
  const loadApiClient = createApiClientViewerLoader({
    now,
    onError: (error) => void failures.push(error),
    apiClients: {
      findForSignIn: (ids) => {
        reads.push(ids.length);
        return store.findForSignIn(ids);
      },
      recordUse: (ids, options) => {
        uses.push([...ids]);
        return recordUse?.() ?? store.recordUse(ids, options);
      },
    },
  });
  return { loadApiClient, reads, uses, failures };
}

describe('the clients of requests that arrive together', () => {
  it('are read in one statement, each once, and each secret opens its own', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => aClient()));
    const { loadApiClient, reads, uses } = countingLoader();
    const asked = [...clients, ...clients, ...clients];
    const found = await Promise.all(asked.map(({ secret }) => loadApiClient(claimOf(secret))));
    expect(found.map((viewer) => viewer?.clientId)).toEqual(asked.map(({ id }) => id));
    expect(found.map((viewer) => [...(viewer?.groups ?? [])])).toEqual(asked.map(() => ['STAFF']));
    expect(reads).toEqual([5]);
    expect(uses.map((ids) => ids.length)).toEqual([5]);
  });

  it('are distinguished by the secret, also two secrets of one client', async () => {
    const { id, secret } = await aClient();
    const other = await aClient();
    const { loadApiClient, uses } = countingLoader();
    const wrong = { clientId: id, hash: claimOf(other.secret).hash };
    const unknown = { ...wrong, clientId: '00000000-0000-7000-8000-000000000000' };
    const found = await Promise.all(
      [wrong, claimOf(secret), unknown, wrong].map((claim) => loadApiClient(claim)),
    );
    expect(found.map((viewer) => viewer?.clientId)).toEqual([undefined, id, undefined, undefined]);
    expect(uses).toEqual([[id]]);
  });

  it('are not cached: the next request reads what has changed since', async () => {
    const { id, secret } = await aClient();
    const { loadApiClient, reads } = countingLoader();
    expect(await loadApiClient(claimOf(secret))).not.toBeNull();
    await server.connection.database.apiClient.update({
      where: { id },
      data: { disabledAt: now() },
    });
    expect(await loadApiClient(claimOf(secret))).toBeNull();
    expect(reads).toEqual([1, 1]);
  });
});

describe('the last use of a client', () => {
  const useQuery = '{ viewer { principal { ... on ApiClient { lastUsedAt } } } }';
  const use = async (secret: string): Promise<string | null> =>
    (await server.ask(useQuery, { token: secret })).data.viewer.principal.lastUsedAt;
  const recorded = async (id: string) => {
    const where = { id };
    const found = await server.connection.database.apiClient.findUniqueOrThrow({ where });
    return found.lastUsedAt?.getTime();
  };

  it('is written down beside the request, once a minute, and shown to the client itself', async () => {
    const { id, secret } = await aClient();
    await use(secret);
    await expect.poll(() => recorded(id)).toBe(start);
    nowMs = start + 59_999;
    expect(await use(secret)).toBe('2026-03-01T12:00:00.000Z');
    const { loadApiClient, uses } = countingLoader();
    await loadApiClient(claimOf(secret));
    expect(uses).toEqual([]);
    nowMs = start + 60_000;
    await use(secret);
    await expect.poll(() => recorded(id)).toBe(start + 60_000);
  });

  it('is not that of a refused secret', async () => {
    const { id, secret } = await aClient();
    const { loadApiClient, uses } = countingLoader();
    const hash = new Uint8Array(32);
    expect(await loadApiClient({ clientId: id, hash })).toBeNull();
    expect(uses).toEqual([]);
    expect(await loadApiClient(claimOf(secret))).not.toBeNull();
    expect(uses).toEqual([[id]]);
  });

  it('never fails or delays a request, and is tried again', async () => {
    const { id, secret } = await aClient();
    let fail: (error: Error) => void = () => {};
    const stuck = () =>
      new Promise<void>((_resolve, reject) => {
        fail = reject;
      });
    const { loadApiClient, uses, failures } = countingLoader(stuck);
    for (let time = 0; time < 3; time += 1) {
      expect(await loadApiClient(claimOf(secret))).toMatchObject({ clientId: id });
    }
    expect(uses).toEqual([[id]]);
    fail(new Error('The database is down.'));
    await expect.poll(() => failures.length).toBe(1);
    await loadApiClient(claimOf(secret));
    expect(uses).toEqual([[id], [id]]);
  });

  it('is written by one of several nodes, and goes around a client that is being changed', async () => {
    const { id } = await aClient();
    const { database } = server.connection;
    const store = createApiClientStore(storeDependencies({ database, now }));
    const unlessSince = new Date(start - 60_000);
    await Promise.all([1, 2, 3].map(() => store.recordUse([id], { unlessSince })));
    expect(await recorded(id)).toBe(start);
    nowMs = start + 30_000;
    await store.recordUse([id], { unlessSince: new Date(start - 30_000) });
    expect(await recorded(id)).toBe(start);
  });
});
