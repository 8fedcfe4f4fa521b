import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { createGatehouse, type GatehousePackage } from 'graphql-gatehouse';
import { adminPassword, startTestServer } from './test-server.ts';
import { unpackPreparedDatabase } from './unpack-database.ts';

/** One way by which requests reach the routes of packages, with an ADMIN who has logged in. */
export interface RouteDoor {
  readonly token: string;
  readonly logLines: readonly string[];
  send(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

/** The doors, each with a database of its own: the server's port, and `handler` of an existing server. */
export const routeDoors = {
  'the port of the server': startOwnPort,
  'an existing server of Node.js': startNodeHost,
  'an existing server of the Fetch standard': startFetchHost,
};

export type RouteDoorName = keyof typeof routeDoors;
export const routeDoorNames: readonly RouteDoorName[] = [
  'the port of the server',
  'an existing server of Node.js',
  'an existing server of the Fetch standard',
];

async function startOwnPort(routes: GatehousePackage): Promise<RouteDoor> {
  const project = { directory: tmpdir(), config: { packages: [routes] } };
  const { url, admin, logLines, stop } = await startTestServer({ project });
  return {
    token: admin.accessToken,
    logLines,
    send: (path, init) => fetch(`${url}${path}`, { redirect: 'manual', ...init }),
    stop,
  };
}

async function startNodeHost(routes: GatehousePackage): Promise<RouteDoor> {
  const { gatehouse, ...host } = await startHost(routes);
  const server = createServer((request, response) => void gatehouse.handler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    ...host,
    send: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init }),
    async stop() {
      server.close();
      server.closeAllConnections();
      await host.stop();
    },
  };
}

async function startFetchHost(routes: GatehousePackage): Promise<RouteDoor> {
  const { gatehouse, ...host } = await startHost(routes);
  return {
    ...host,
    send(path, init = {}) {
      const request = new Request(`http://gate.example${path}`, init);
      return gatehouse.handler(request, { ip: '127.0.0.1' });
    },
  };
}

/** Gatehouse in an existing server, with a database of its own. */
export async function startHost(routes: GatehousePackage) {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-routes-'));
  await unpackPreparedDatabase(dataDir);
  const logLines: string[] = [];
  const gatehouse = await createGatehouse(
    { packages: [routes] },
    {
      directory: dataDir,
      environment: {
        NODE_ENV: 'test',
        DATA_DIR: dataDir,
        BCRYPT_COST: '4',
        ADMIN_PASSWORD: adminPassword,
      },
      logDestination: { write: (line) => void logLines.push(line) },
    },
  );
  const { schema, run, contextOf } = gatehouse;
  const contextValue = await contextOf(new Request('http://gate.example'), { ip: '127.0.0.1' });
  const document = parse(`mutation ($password: String!) {
    login(username: "admin", password: $password) { accessToken } }`);
  const variableValues = { password: adminPassword };
  const result = await run({ schema, document, contextValue, variableValues });
  const { data } = JSON.parse(JSON.stringify(result));
  return {
    gatehouse,
    token: String(data.login.accessToken),
    logLines,
    async stop() {
      await gatehouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
