import type { DatabaseOptions } from './connect.ts';
import { hasEmbedded } from './connect-embedded.ts';
import { type MigrationHistory, type MigrationStatus, statusOfNone } from './migrate.ts';
import { readStatuses, withDatabase } from './open-database.ts';

/** One migration, and what the database has recorded of it. */
export interface MigrationState {
  readonly owner: 'gatehouse' | 'project';
  readonly state: (typeof states)[number];
  readonly name: string;
}

const states = ['applied', 'pending', 'failed', 'edited', 'newer', 'unknown'] as const;

/**
 * Reads the state of each migration: history by history, oldest first. Makes no embedded database where there is none:
 * then everything is pending.
 */
export async function readMigrationStates({
  histories,
  ...options
}: DatabaseOptions & { readonly histories: readonly MigrationHistory[] }): Promise<
  readonly MigrationState[]
> {
  const exists = options.url !== undefined || hasEmbedded(options.dataDir);
  const statuses = exists
    ? await withDatabase(options, (connection) => readStatuses(connection, histories))
    : await Promise.all(histories.map(statusOfNone));
  return histories.flatMap(({ schema }, index) =>
    toStates(statuses[index], schema === undefined ? 'gatehouse' : 'project'),
  );
}

/** Names begin with their time. */
const toStates = (
  status: MigrationStatus | undefined,
  owner: MigrationState['owner'],
): readonly MigrationState[] =>
  states
    .flatMap((state) => (status?.[state] ?? []).map((name) => ({ owner, state, name })))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
