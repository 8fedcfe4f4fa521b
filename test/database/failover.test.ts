import { expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect-postgres.ts';
import { createPostgresCluster, replicaBinaries } from '../support/postgres-cluster.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { startTestServer } from '../support/test-server.ts';

const addRoom = (name: string) =>
  `mutation { createRoom(input: { name: "${name}", floor: 1, groups: [STAFF] }) { id } }`;

it.skipIf(replicaBinaries === undefined)(
  'a node goes on with the promoted replica when its address leads there, and has lost nothing',
  async () => {
    const primary = await createPostgresCluster();
    onTestFinished(() => primary.remove());
    const replica = await createPostgresCluster({ replicaOf: primary });
    onTestFinished(() => replica.remove());
    const address = await startTcpProxy(primary.url);
    onTestFinished(() => address.close());
    const connection = connectPostgres({ url: address.url, onPoolError: () => {} });
    onTestFinished(() => connection.close());
    const server = await startTestServer({ connection });
    onTestFinished(() => server.stop());
    const { accessToken: token } = await server.aUser('MANAGER');
    // As with `synchronous_standby_names`: nothing is acknowledged that the replica does not have.
    await primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await primary.query('SELECT pg_reload_conf()');
    await expect
      .poll(() => primary.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
      .toHaveLength(1);
    expect((await server.ask(addRoom('before'), { token })).status).toBe(200);

    await primary.stopAtOnce();
    expect((await server.ask(addRoom('between'), { token })).status).toBe(503);
    await replica.query('SELECT pg_promote()');
    address.leadTo(replica.url);

    const write = async () => (await server.ask(addRoom('after'), { token })).status;
    await expect.poll(write).toBe(200);
    const { data } = await server.ask('{ rooms { edges { node { name } } } }', { token });
    expect(data?.rooms.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual([
      'before',
      'after',
    ]);
  },
);
