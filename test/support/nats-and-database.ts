import { connect, type NatsConnection } from '@nats-io/transport-node';
import { beforeAll, beforeEach, onTestFinished } from 'vitest';
import { createNatsCarrier } from '../../packages/nats/src/carrier.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { natsOptions } from './carriers.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { createMigratedDatabase } from './test-database.ts';

/** A server of NATS for the tests of a file, and for each of them a migrated database. */
export interface NatsAndDatabase {
  readonly server: () => NatsServer;
  /** The name of the stream and of its subject: each database has its own, as each installation has. */
  readonly name: () => string;
  /** Connects a node, for this test, which adds its errors. */
  aNode(errors?: Error[]): ReturnType<typeof connectPostgres>;
  /** Connects another program, for this test. */
  connectProgram(): Promise<NatsConnection>;
}

/** Starts the server and creates the databases. To be called in a `describe` that needs both. */
export function useNatsAndDatabase(): NatsAndDatabase {
  let server: NatsServer;
  let url = '';
  beforeAll(async () => {
    server = await startNatsServer();
    return server.remove;
  });
  beforeEach(async () => {
    const database = await createMigratedDatabase();
    url = database.url;
    return database.drop;
  });
  const name = () => new URL(url).pathname.slice(1);
  return {
    server: () => server,
    name,
    aNode(errors = []) {
      const options = natsOptions(server.port, (error) => void errors.push(error));
      const createCarrier = createNatsCarrier({ ...options, streamName: name(), subject: name() });
      const node = connectPostgres({ url, onPoolError: () => {}, createCarrier });
      onTestFinished(() => node.close());
      return node;
    },
    async connectProgram() {
      const connection = await connect({ servers: [`127.0.0.1:${server.port}`] });
      onTestFinished(() => connection.close());
      return connection;
    },
  };
}
