import type { GatehousePackage, GroupUses, OperationObserver } from 'graphql-gatehouse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPackageServer } from '../support/package-server.ts';
import type { TestServer } from '../support/test-server.ts';

const ran: { readonly kind: string; readonly uses: GroupUses }[] = [];
let closed = 0;
let failure: Error | undefined;

const observer: OperationObserver = {
  onRan({ kind }, uses) {
    if (failure !== undefined) throw failure;
    ran.push({ kind, uses });
  },
  async close() {
    closed += 1;
  },
};
const packages: readonly GatehousePackage[] = [
  { name: 'first', observe: async () => observer },
  { name: 'second', observe: async () => observer },
  // It wants to know when the last operation has ended, and nothing of any.
  { name: 'third', observe: async () => ({ close: observer.close }) },
];

let server: TestServer;
beforeAll(async () => {
  server = await startPackageServer({ packages, now: () => new Date() });
});
afterAll(() => server.stop());
beforeEach(() => {
  ran.length = 0;
  failure = undefined;
});

const ask = (query: string) => server.ask(query, { token: server.admin.accessToken });

describe('the observers of packages', () => {
  it('are called when an operation ran, with the groups that it used', async () => {
    expect((await ask('{ apiClients { id } }')).status).toBe(200);
    const used = {
      kind: 'user',
      uses: {
        groups: ['ADMIN'],
        uses: [{ coordinates: ['Query.apiClients'], alone: ['ADMIN'], amongOthers: [] }],
      },
    };
    expect(ran).toEqual([used, used]);
  });

  it('are not called for operations that were refused, or that used no group', async () => {
    const { accessToken: token } = await server.aUser();
    ran.length = 0;
    expect((await server.ask('{ apiClients { id } }', { token })).status).toBe(403);
    expect((await ask('{ me { id } }')).status).toBe(200);
    expect((await server.ask('{ serverInfo { name } }')).status).toBe(200);
    expect(ran).toEqual([]);
  });

  it('do not change an answer when they fail', async () => {
    failure = new Error('the observer is broken');
    const answer = await ask('{ apiClients { id } }');
    expect(answer).toMatchObject({ status: 200, data: { apiClients: [] } });
  });

  it('are closed when the server has stopped', async () => {
    const other = await startPackageServer({ packages, now: () => new Date() });
    const before = closed;
    await other.stop();
    expect(closed).toBe(before + 3);
  });
});
