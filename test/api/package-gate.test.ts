import type { ArrivedOperation, GatehousePackage, OperationGate } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import { projectWith, startPackageServer } from '../support/package-server.ts';
import type { TestServer } from '../support/test-server.ts';

const arrived: ArrivedOperation[] = [];
let closed = 0;

/** Refuses what is named `Refused`, and fails at what is named `Failing`. */
const gate: OperationGate = {
  isClosed: true,
  isKnown: () => true,
  textOf: (id) => (id === 'version' ? '{ serverInfo { version } }' : undefined),
  texts: () => new Map(),
  admits(operation) {
    arrived.push(operation);
    if (operation.operationName === 'Failing') throw new Error('the gate is broken');
    return operation.operationName !== 'Refused';
  },
  async close() {
    closed += 1;
  },
};
const guarded: GatehousePackage = { name: 'guarded', gate: async () => gate };

let server: TestServer;
beforeAll(async () => {
  server = await startPackageServer({ packages: [guarded], now: () => new Date() });
});
afterAll(() => server.stop());

describe('the gate of a package', () => {
  it('decides which operations are read', async () => {
    expect(await server.ask('query Admitted { serverInfo { name } }')).toMatchObject({
      status: 200,
    });
    expect(await server.ask('query Refused { serverInfo { name } }')).toMatchObject({
      status: 400,
      code: 'OPERATION_UNKNOWN',
    });
    expect(await server.ask('query Refused { noSuchField }')).toMatchObject({
      code: 'OPERATION_UNKNOWN',
    });
  });

  it('refuses what it fails at, without the words of its error', async () => {
    const answer = await server.ask('query Failing { serverInfo { name } }');
    expect(answer).toMatchObject({ status: 500, data: undefined });
    expect(answer.text).not.toContain('broken');
  });

  it('knows the texts of ids', async () => {
    const send = (sha256Hash: string) =>
      server.ask('', { extensions: { persistedQuery: { version: 1, sha256Hash } } });
    expect(await send('version')).toMatchObject({ status: 200 });
    expect(await send('other')).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
  });

  it('gets no variables', async () => {
    const variables = { username: 'secret-name', password: 'secret-word' };
    await server.ask(
      'mutation Login($username: String!, $password: String!) { login(username: $username, password: $password) { accessToken } }',
      { variables },
    );
    const { document, viewer, ...last } = arrived.at(-1) ?? {};
    expect(last).toMatchObject({ operationName: 'Login', client: {} });
    expect(viewer).toMatchObject({ kind: 'anonymous' });
    expect(JSON.stringify([document, viewer, last])).not.toContain('secret-');
  });

  it('is closed when the server has stopped', async () => {
    const other = await startPackageServer({ packages: [guarded], now: () => new Date() });
    const before = closed;
    await other.stop();
    expect(closed).toBe(before + 1);
  });
});

it('can be brought by one package alone', () => {
  const { config } = projectWith([guarded, { name: 'second', gate: async () => gate }]);
  expect(() => packagesOf(config)).toThrow('gate: more than one package has it (guarded, second)');
});
