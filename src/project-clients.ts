import { closeClient, readClientOf } from './changes/data-client.ts';
import type { Project } from './composition/project.ts';
import type { DatabaseConnection } from './database/connect.ts';

/** Creates the data client of a project, and another one on the replica if there is one. */
export function openClients({ config }: Project, { replica, ...primary }: DatabaseConnection) {
  const open = ({ adapter, driver }: DatabaseConnection) =>
    config.database?.({ adapter, ...driver });
  const client = open(primary);
  const other = replica && open(replica.connection);
  return {
    /** Undefined: the project has none. */
    client,
    db: client === undefined ? {} : readClientOf(client),
    replica: replica && { db: other === undefined ? {} : readClientOf(other), read: replica.read },
    /** Ends the clients. Gatehouse's own connections stay open. */
    async close(): Promise<void> {
      if (client !== undefined) await closeClient(client);
      if (other !== undefined) await closeClient(other);
    },
  };
}
