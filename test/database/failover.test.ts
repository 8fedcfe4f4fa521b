import { expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { startFailoverPair } from '../support/failover-pair.ts';
import { replicaBinaries } from '../support/postgres-cluster.ts';
import { startTestServer } from '../support/test-server.ts';

const addRoom = (name: string) =>
  `mutation { createRoom(input: { name: "${name}", floor: 1, groups: [STAFF] }) { id } }`;

it.skipIf(replicaBinaries === undefined)(
  'a node goes on with the promoted replica when its address leads there, and has lost nothing',
  async () => {
    const pair = await startFailoverPair();
    const connection = connectPostgres({ url: pair.url, onPoolError: () => {} });
    onTestFinished(() => connection.close());
    const server = await startTestServer({ connection });
    onTestFinished(() => server.stop());
    const { accessToken: token } = await server.aUser('MANAGER');
    await pair.makeSynchronous();
    expect((await server.ask(addRoom('before'), { token })).status).toBe(200);

    await pair.primary.stopAtOnce();
    expect((await server.ask(addRoom('between'), { token })).status).toBe(503);
    await pair.promote();

    const write = async () => (await server.ask(addRoom('after'), { token })).status;
    await expect.poll(write).toBe(200);
    const { data } = await server.ask('{ rooms { edges { node { name } } } }', { token });
    expect(data?.rooms.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual([
      'before',
      'after',
    ]);
  },
);
