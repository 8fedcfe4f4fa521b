import { closeClient, type ProjectClient, readClientOf } from '../changes/data-client.ts';
import type { DatabaseConnection } from '../database/connect.ts';
import { options, project } from './app-inputs.ts';
import { part } from './part.ts';
import { accessTo } from './project-database.ts';

const defineClient = (
  name: string,
  choose: (connection: DatabaseConnection) => DatabaseConnection | undefined,
) =>
  part(
    name,
    (get) => {
      const connection = choose(get(options).connection);
      return connection && get(project).config.database?.(accessTo(connection));
    },
    async (client) => client && closeClient(client),
  );

/** The project's data client. Undefined: it has none. */
export const dataClient = defineClient('data client', (primary) => primary);
export const replicaClient = defineClient('replica client', ({ replica }) => replica?.connection);

export const readsOf = (client: ProjectClient | undefined) => ({
  db: client === undefined ? {} : readClientOf(client),
});

/** What loaders and events read with. */
export const readsOfProject = part('reads', (get) => readsOf(get(dataClient)));
