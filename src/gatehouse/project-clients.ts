import { closeClient, type ProjectClient, readClientOf } from '../changes/data-client.ts';
import type { Opened } from '../database/close-on-failure.ts';
import type { DatabaseConnection } from '../database/connect.ts';
import type { Project } from '../schema/project.ts';

/** Creates the data client of a project, and another one on the replica if there is one. `opened` closes them. */
export function openClients(
  { config }: Project,
  { replica, ...primary }: DatabaseConnection,
  opened: Pick<Opened, 'add'>,
) {
  function open({ adapter, driver }: DatabaseConnection): ProjectClient | undefined {
    const client = config.database?.({ adapter, ...driver });
    // Gatehouse's own connections stay open.
    if (client !== undefined) opened.add(() => closeClient(client));
    return client;
  }
  const client = open(primary);
  const other = replica && open(replica.connection);
  return {
    /** Undefined: the project has none. */
    client,
    db: client === undefined ? {} : readClientOf(client),
    replica: replica && { db: other === undefined ? {} : readClientOf(other), read: replica.read },
  };
}
