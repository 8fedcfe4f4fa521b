import type { AppVersion, Holders } from './known-operations.ts';

/** The name and the version that a client sends in its headers. */
export interface ClientName {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/** When a version was last used. */
export interface VersionUse extends AppVersion {
  readonly lastSeenAt: Date;
  /** When an operation was last used that no other version holds. Null: never. */
  readonly lastNeededAt: Date | null;
}

/** Counts the use of versions in memory, until it is written. */
export type OperationUses = ReturnType<typeof createOperationUses>;

/**
 * Creates the memory of uses. An operation counts for the version that its client names, and without a name that holds
 * it, for every version that does.
 */
export function createOperationUses(now: () => Date) {
  let uses = new Map<string, VersionUse>();

  function mark(use: VersionUse): void {
    const key = `${use.app}@${use.version}`;
    const lastNeededAt = use.lastNeededAt ?? uses.get(key)?.lastNeededAt ?? null;
    uses.set(key, { ...use, lastNeededAt });
  }

  return {
    add(holders: Holders, client: ClientName | undefined): void {
      const named = holders.filter(
        ({ app, version }) => app === client?.name && version === client.version,
      );
      const lastSeenAt = now();
      const lastNeededAt = holders.length === 1 ? lastSeenAt : null;
      for (const { app, version } of named.length > 0 ? named : holders) {
        mark({ app, version, lastSeenAt, lastNeededAt });
      }
    },
    /** Writes the uses since the last call. What could not be written is written by the next call. */
    async write(record: (uses: readonly VersionUse[]) => Promise<void>): Promise<void> {
      if (uses.size === 0) return;
      const taken = [...uses.values()];
      const later = new Map<string, VersionUse>();
      uses = later;
      try {
        await record(taken);
      } catch (error) {
        uses = new Map();
        for (const use of [...taken, ...later.values()]) mark(use);
        throw error;
      }
    },
  };
}
