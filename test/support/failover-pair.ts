import { expect, onTestFinished } from 'vitest';
import { createPostgresCluster, type PostgresCluster } from './postgres-cluster.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** A primary with its replica, and one address that leads to the primary. They end with the test. */
export interface FailoverPair {
  readonly primary: PostgresCluster;
  readonly url: string;
  /** From then on, nothing is acknowledged that the replica does not have. */
  makeSynchronous(): Promise<void>;
  /** Makes the replica the primary, and leads the address there. */
  promote(): Promise<void>;
}

/** Starts one. */
export async function startFailoverPair(): Promise<FailoverPair> {
  const primary = await createPostgresCluster();
  onTestFinished(() => primary.remove());
  const replica = await createPostgresCluster({ replicaOf: primary });
  onTestFinished(() => replica.remove());
  const address = await startTcpProxy(primary.url);
  onTestFinished(() => address.close());
  return {
    primary,
    url: address.url,
    async makeSynchronous() {
      await primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
      await primary.query('SELECT pg_reload_conf()');
      await expect
        .poll(() => primary.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        .toHaveLength(1);
    },
    async promote() {
      await replica.query('SELECT pg_promote()');
      address.leadTo(replica.url);
    },
  };
}
