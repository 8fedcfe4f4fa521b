import type { ArrivedOperation } from 'graphql-gatehouse';
import { type AppVersion, type Holders, nameOf } from './known-operations.ts';

/** When a version was last used. */
export interface VersionUse extends AppVersion {
  readonly lastSeenAt: Date;
  /** When an operation was last used that no other version holds. Null: never. */
  readonly lastNeededAt: Date | null;
}

/** Counts the use of versions in memory, until it is written. */
export type VersionUses = ReturnType<typeof createVersionUses>;

/** When a version was last used, in milliseconds since 1970. 0: never. */
interface Times {
  seenMs: number;
  neededMs: number;
}

/**
 * Creates the memory of uses. An operation counts for the version that its client names, and for every version that holds
 * it if the client names none of them.
 */
export function createVersionUses(now: () => Date) {
  let uses = new Map<AppVersion, Times>();

  function mark(version: AppVersion, { seenMs, neededMs }: Times): void {
    const times = uses.get(version) ?? { seenMs: 0, neededMs: 0 };
    times.seenMs = Math.max(times.seenMs, seenMs);
    times.neededMs = Math.max(times.neededMs, neededMs);
    uses.set(version, times);
  }

  return {
    add(holders: Holders, client: ArrivedOperation['client']): void {
      if (holders.length === 0) return;
      const seenMs = now().getTime();
      const times = { seenMs, neededMs: holders.length === 1 ? seenMs : 0 };
      const named = holders.find(
        ({ app, version }) => app === client?.name && version === client.version,
      );
      if (named !== undefined) mark(named, times);
      else for (const each of holders) mark(each, times);
    },
    /** Writes the uses since the last call. What could not be written is written by the next call. */
    async write(record: (uses: readonly VersionUse[]) => Promise<void>): Promise<void> {
      if (uses.size === 0) return;
      const taken = uses;
      uses = new Map();
      try {
        await record(toVersionUses(taken));
      } catch (error) {
        for (const [version, times] of taken) mark(version, times);
        throw error;
      }
    },
  };
}

/** After a change of the files, two objects can stand for one version. */
function toVersionUses(uses: ReadonlyMap<AppVersion, Times>): readonly VersionUse[] {
  const byName = new Map<string, VersionUse>();
  for (const [{ app, version }, { seenMs, neededMs }] of uses) {
    const name = nameOf({ app, version });
    const other = byName.get(name);
    const latestMs = Math.max(neededMs, other?.lastNeededAt?.getTime() ?? 0);
    byName.set(name, {
      app,
      version,
      lastSeenAt: new Date(Math.max(seenMs, other?.lastSeenAt.getTime() ?? 0)),
      lastNeededAt: latestMs === 0 ? null : new Date(latestMs),
    });
  }
  return [...byName.values()];
}
