import type { DatabaseOptions } from '../connect.ts';
import { hasEmbedded } from '../embedded/connect-embedded.ts';
import { readStatuses, withDatabase } from '../open-database.ts';
import { type MigrationStatus, type OwnedHistory, statusOfNone } from './migrate.ts';

export interface MigrationState {
  /** `gatehouse`, `project`, or the name of a package. */
  readonly owner: string;
  readonly state: (typeof states)[number];
  readonly name: string;
}

const states = ['applied', 'pending', 'failed', 'edited', 'newer', 'unknown'] as const;

/**
 * Reads the states of all migrations, by history, oldest first. Does not create a missing embedded database: then all
 * migrations are pending.
 */
export async function readMigrationStates({
  histories,
  ...options
}: DatabaseOptions & { readonly histories: readonly OwnedHistory[] }): Promise<
  readonly MigrationState[]
> {
  const exists = options.url !== undefined || hasEmbedded(options.dataDir);
  const statuses = exists
    ? await withDatabase(options, (connection) => readStatuses(connection, histories))
    : await Promise.all(histories.map(statusOfNone));
  return histories.flatMap(({ owner }, index) => toStates(statuses[index], owner));
}

/** Converts a status to states. Sorted by name, which starts with the time of the migration. */
const toStates = (
  status: MigrationStatus | undefined,
  owner: MigrationState['owner'],
): readonly MigrationState[] =>
  states
    .flatMap((state) => (status?.[state] ?? []).map((name) => ({ owner, state, name })))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
